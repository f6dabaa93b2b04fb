// Who did what with access and secrets.
import { get } from "./api.js";
import { field, h, moment, panel, table } from "./dom.js";
import { button, heading, told } from "./frame.js";

export async function audit() {
  const wanted = { tenant: decodeURIComponent(location.hash.split("/")[1] || ""), actor: "", action: "" }, holder = h("div", { style: { display: "contents" } });
  const input = (name, placeholder) => h("input", { name, value: wanted[name], placeholder, maxlength: "128" });
  const form = h("form", { onsubmit: told(event => { Object.assign(wanted, Object.fromEntries(new FormData(event.target))); return fill(); }) },
    field("Tenant", input("tenant", "all")), field("Who", input("actor", "anybody")), field("What", input("action", "api_key.create")), h("button", "Show"));
  async function fill() {
    const found = await get("/admin/audit", { ...wanted, limit: 50 }), rows = found.entries, list = h("div", rowsOf(rows));
    let before = found.next_before;
    const more = button("Older ones", async () => { const next = await get("/admin/audit", { ...wanted, limit: 50, before }); rows.push(...next.entries); before = next.next_before; list.replaceChildren(rowsOf(rows)); more.hidden = !before; }, "small");
    more.hidden = !before;
    holder.replaceChildren(list, more);
  }
  await fill();
  return [heading("Audit log", "What people, keys and commands did with access and secrets. Newest first."), panel(form, holder)];
}

const rowsOf = rows => table("Audit log", [
  { name: "When", kind: "keep", of: row => moment(row.at) }, { name: "Who", of: row => [h("b", row.actor), h("div.soft", [row.actor_kind, row.role].filter(Boolean).join(", "))] },
  { name: "What", of: row => row.action }, { name: "To what", kind: "id", of: row => row.target }, { name: "Tenant", of: row => row.tenant || h("span.soft", "the service") }, { name: "From", kind: "keep", of: row => row.address },
], rows, "No such entry.");
