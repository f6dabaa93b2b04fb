// API keys: made, shown once, revoked.
import { get, post, remove } from "./api.js";
import { field, h, moment, panel, sure, table, tick } from "./dom.js";
import { button, heading, tell, told } from "./frame.js";

const SCOPES = ["realtime:connect", "realtime:read", "realtime:write", "interviews"];
const lines = text => text.split(/[\s,]+/).filter(Boolean);

export async function keys(me) {
  const { tenants } = await get("/admin/tenants", { limit: 200 }), holder = h("div", await keysOf(me.tenant));
  const list = h("datalist", { id: "tenants" }, tenants.map(one => h("option", { value: one.id }, one.name || one.id)));
  const which = h("input", { list: "tenants", value: me.tenant, required: true, maxlength: "128" });
  const form = h("form", { onsubmit: told(async () => holder.replaceChildren(await keysOf(which.value.trim()))) }, field("Tenant", which, { kind: "grow" }), list, h("button", "Show"));
  return [heading("API keys", "What machines of a tenant come in with."), panel(form, []), holder];
}

export async function keysOf(tenant) {
  const { api_keys } = await get("/admin/api-keys", { tenant });
  const again = async () => root.replaceWith(await keysOf(tenant));
  const revoke = async row => { if (await sure(`Revoke “${row.name}”?`, "It is refused everywhere, and its sockets are closed, within five seconds.", "Revoke")) { await remove("/admin/api-keys/" + encodeURIComponent(row.id)); await again(); tell("The key is revoked.", "good"); } };
  const places = row => [...row.origins, ...row.hosts, ...row.networks, ...row.allow];
  const shown = table("API keys", [
    { name: "Name", of: row => [h("b", row.name), h("div.soft.mono", row.prefix + "…")] },
    { name: "Scopes", of: row => h("div.tags", row.scopes.map(one => h("span.tag", one))) },
    { name: "From", of: row => places(row).length ? places(row).join(", ") : h("span.soft", "anywhere") }, { name: "Rate", kind: "keep", of: row => row.rate || h("span.soft", "none") },
    { name: "Last use", kind: "keep", of: row => moment(row.last_used_at) }, { name: "Ends", kind: "keep", of: row => moment(row.expires_at) },
    { name: "", of: row => button("Revoke", () => revoke(row), "small.grave") },
  ], api_keys, "This tenant has no key.");
  const root = panel(h("header", h("h2", "API keys"), button("New key", () => form.toggleAttribute("hidden"), "small")), []);
  const form = newKey(tenant, async made => { const fresh = await keysOf(tenant); fresh.querySelector("header").after(once(made)); root.replaceWith(fresh); });
  root.append(form, shown);
  return root;
}

// Nobody can read it again.
function once(made) {
  const text = h("input", { readonly: true, value: made.key, onfocus: event => event.target.select(), class: "mono" });
  return h("div.panel", { role: "status" }, field(`The key “${made.name}”, shown this once`, text), h("div.row", button("Copy", async () => { await navigator.clipboard.writeText(made.key); tell("Copied.", "good"); }, "small")));
}

function newKey(tenant, then) {
  const name = h("input", { required: true, maxlength: "100", placeholder: "web" }), origins = h("input", { placeholder: "https://app.example" }), networks = h("input", { placeholder: "203.0.113.0/24" });
  const rate = h("input", { placeholder: "60 per minute", maxlength: "100" }), ends = h("input", { type: "date" });
  const scopes = SCOPES.map(scope => tick(scope, { value: scope, checked: true }));
  return h("form.stack", { hidden: true, onsubmit: told(async () => then(await post("/admin/api-keys", {
    name: name.value, tenant, scopes: scopes.map(label => label.firstChild).filter(box => box.checked).map(box => box.value), origins: lines(origins.value), networks: lines(networks.value),
    rate: rate.value || null, expires_at: ends.value || null,
  }))) }, field("Name", name), h("div.row", { role: "group", "aria-label": "Scopes" }, scopes), h("div.two", field("Pages that may use it", origins, { hint: "Origins; empty: any" }), field("Networks", networks, { hint: "Empty: any" }), field("Rate", rate), field("Ends", ends)), h("div.row", h("button.primary", "Make it")));
}
