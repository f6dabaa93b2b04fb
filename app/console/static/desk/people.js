// People of all tenants, and ending what their tokens open.
import { get, post } from "./api.js";
import { cost, h, moment, number, sure, table } from "./dom.js";
import { button, heading, tell } from "./frame.js";
import { searched } from "./tenants.js";

export async function people() {
  const list = await searched(async asked => { const found = await get("/admin/people", asked); return { ...found, rows: found.people }; }, rows => peopleTable(rows, true), "An id, a name or an address");
  return [heading("People", "Who has an account here, has set something, or asked a model in the last thirty days."), list];
}

export const peopleTable = (rows, all = false) => table("People", [
  { name: "Person", of: row => [h("b", row.name || row.email || row.user_id), row.email && row.name ? h("div.soft", row.email) : null] },
  { name: "Id", kind: "id", of: row => row.user_id },
  ...(all ? [{ name: "Tenant", of: row => h("a", { href: "#tenants/" + encodeURIComponent(row.tenant) }, row.tenant) }] : []),
  { name: "Role", of: row => row.role || h("span.soft", "by token") }, { name: "Calls", kind: "number", of: row => number(row.calls) }, { name: "Cost", kind: "number", of: row => cost(row.cost_usd, row.unpriced) },
  { name: "Last call", kind: "keep", of: row => moment(row.last_call_at) },
  { name: "", of: row => button("End tokens", () => end(row), "small") },
], rows, "Nobody is known yet.");

async function end(row) {
  if (!await sure(`End all tokens of ${row.email || row.user_id}?`, "They are refused everywhere within five seconds; the person has to sign in again.", "End them")) return;
  await post("/admin/revocations", { user_id: row.user_id, tenant: row.tenant });
  tell("Their tokens count no more.", "good");
}
