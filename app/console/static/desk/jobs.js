// Jobs of all tenants: what waits, runs, failed; tried again or cancelled.
import { get, post } from "./api.js";
import { field, h, moment, number, panel, plain, select, sure, table } from "./dom.js";
import { button, heading, tell, told } from "./frame.js";

const KINDS = { completed: "good", failed: "bad", queued: "wait", running: "on", cancelled: "" };
const wanted = { state: "", name: "", tenant: "" };

export async function jobs() {
  const body = h("div", { style: { display: "contents" } });
  await fill(body);
  return [heading("Jobs", "Work in the background. What ended is kept for a week.", button("Look again", () => fill(body)), h("a.button", { href: "/rq/" }, "Queues")), body];
}

async function fill(body) {
  const found = await get("/admin/jobs", { ...wanted, limit: 50 }), rows = found.jobs;
  const chip = (state, text, count) => h("button", { type: "button", "aria-pressed": String(wanted.state === state), onclick: told(async () => { wanted.state = state; await fill(body); body.querySelector("[aria-pressed=true]").focus(); }) }, `${text} ${number(count)}`);
  const all = Object.values(found.counts).reduce((sum, count) => sum + count, 0);
  const name = select({ onchange: event => event.target.form.requestSubmit() }, [["", "All kinds"], ...found.names.map(one => [one, one])], wanted.name), tenant = h("input", { value: wanted.tenant, placeholder: "any", maxlength: "128" });
  const form = h("form", { onsubmit: told(() => { Object.assign(wanted, { name: name.value, tenant: tenant.value.trim() }); return fill(body); }) }, field("Kind", name), field("Tenant", tenant), h("button", "Show"));
  const list = h("div", rowsOf(rows, body));
  let cursor = found.next_cursor;
  const more = button("Older ones", async () => { const next = await get("/admin/jobs", { ...wanted, limit: 50, cursor }); rows.push(...next.jobs); cursor = next.next_cursor; list.replaceChildren(rowsOf(rows, body)); more.hidden = !cursor; }, "small");
  more.hidden = !cursor;
  body.replaceChildren(panel(h("div.chips", { role: "group", "aria-label": "State" }, chip("", "All", all), Object.entries(found.counts).map(([state, count]) => chip(state, state[0].toUpperCase() + state.slice(1), count))), form, list, more));
}

const rowsOf = (rows, body) => table("Jobs", [
  { name: "Job", of: row => [h("b", row.name), h("div.soft.mono", row.id)] }, { name: "State", of: row => h("span.tag" + (KINDS[row.state] ? "." + KINDS[row.state] : ""), row.state) },
  { name: "Tenant", of: row => row.tenant || h("span.soft", "the service") }, { name: "Tries", kind: "number", of: row => number(row.attempts) + (row.lost_attempts ? ` (${row.lost_attempts} lost)` : "") },
  { name: "Error", of: row => row.error_code ? plain(row.error_code).toLowerCase() : "" }, { name: "Made", kind: "keep", of: row => moment(row.created_at) }, { name: "Ended", kind: "keep", of: row => row.finished_at ? moment(row.finished_at) : "" },
  { name: "", kind: "keep", of: row => [row.can_retry ? button("Try again", () => act(row, "retry", body), "small") : null, row.can_cancel ? button("Cancel", () => act(row, "cancel", body), "small.grave") : null] },
], rows, "No such job.");

async function act(row, what, body) {
  if (what === "cancel" && !await sure(`Cancel this ${row.name}?`, "It is stopped where it stands. Whoever waits for it hears of it.", "Cancel the job")) return;
  await post(`/admin/jobs/${row.id}/${what}`);
  await fill(body);
  tell(what === "retry" ? "It waits for a worker again." : "The job is cancelled.", "good");
}
