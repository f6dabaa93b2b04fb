// Teams (tenants): where one works, who else is there with which role, who is invited; leaving and handing over.
import { api, get, once, post } from "./api.js";
import { button, doing, empty, field, h, link, shown, soft, sure, toast } from "./dom.js";
import { icon } from "./icons.js";

const TENANTS = "/api/v1/tenants";
const ROLES = { owner: "Owner", admin: "Admin", manager: "Manager", member: "Member", coach: "Coach", viewer: "Viewer" };
const ABOUT = "Owners and admins run the team, managers and members work in its business, viewers read, coaches see what people agreed to show them.";
const LEADS = ["owner", "operator"], RUNS = [...LEADS, "admin"];
const ALONE = "user:";  // begins the place that is one's own alone
const isAlone = id => id.startsWith(ALONE);

export async function show(root) {
  const person = await get("/auth/me"), again = () => show(root), id = person.tenant, runs = RUNS.includes(person.role);
  const [{ members }, { invitations }] = isAlone(id) ? [{ members: [] }, { invitations: [] }] : await Promise.all([get(`${TENANTS}/${id}/members`), runs ? get(`${TENANTS}/${id}/invitations`) : { invitations: [] }]);
  const here = { person, id, again, runs, leads: LEADS.includes(person.role), name: person.tenants.find(one => one.id === id)?.name || "" };
  root.replaceChildren(link("#/you", icon("back"), "You"), h("header", { class: "top" }, h("h1", { tabIndex: -1 }, here.name || "Your team")), places(here),
    ...(isAlone(id) ? [empty("You work by yourself here.", "Make a team, and invite others to it.")] : [people(here, members), runs ? h("div", { class: "two" }, invite(here, invitations), rename(here)) : "", leaving(here)]));
}

/** What is shown everywhere else is of the place that one works in. */
const anew = () => location.reload();

function places({ person, id }) {
  const move = one => doing(async () => { await post("/auth/tenant", { tenant: one.id }); anew(); });
  const choice = one => h("label", { class: "card" }, h("input", { type: "radio", name: "place", checked: one.id === id, onchange: move(one) }), h("strong", {}, one.name || "By myself"), h("span", { class: "soft" }, isAlone(one.id) ? "Nobody else is here" : ROLES[one.role] || one.role));
  const name = h("input", { required: true, maxLength: 200, placeholder: "Acme" });
  const make = doing(async () => { await post(TENANTS, { name: name.value.trim() }, once()); anew(); });
  return h("section", {}, h("h2", {}, "Where you work"), h("fieldset", { class: "cards choice", ariaLabel: "Where you work" }, person.tenants.map(choice)),
    h("details", {}, h("summary", {}, "Make a new team"), h("form", { class: "panel", onsubmit: make }, field("Its name", name), h("div", { class: "row end" }, h("button", { class: "primary" }, "Make it")))));
}

function people(here, members) {
  return h("section", {}, h("h2", {}, "Who is here"), soft(ABOUT), h("ul", { class: "plainlist people" }, members.map(one => member(here, one))));
}

function member({ id, person, runs, leads, again }, one) {
  const who = one.name || one.email, path = `${TENANTS}/${id}/members/${one.user_id}`, mayChange = runs && one.user_id !== person.id && one.role in ROLES && (leads || one.role !== "owner");
  const role = roles(leads, one.role, { ariaLabel: `Role of ${who}`, onchange: doing(async () => { const value = role.value; try { await api("PATCH", path, { role: value }); } finally { await again(); } toast(`${who} signs in again as ${ROLES[value].toLowerCase()}.`); }) });
  const remove = doing(async () => { if (await sure(`Remove ${who}?`, "What they made in this team stays.", "Remove")) { await api("DELETE", path); await again(); } });
  return h("li", { class: "card person" }, h("div", {}, h("strong", {}, who, one.user_id === person.id ? " (you)" : ""), one.name && h("span", { class: "soft" }, one.email)),
    h("div", { class: "tools" }, mayChange ? [role, button(icon("trash"), remove, "round", { ariaLabel: `Remove ${who}` })] : h("span", { class: "tag plain" }, ROLES[one.role] || one.role)));
}

const roles = (leads, chosen, facts) => h("select", facts, Object.entries(ROLES).filter(([value]) => leads || value !== "owner").map(([value, name]) => h("option", { value, selected: value === chosen }, name)));

function invite({ id, leads, again }, invitations) {
  const email = h("input", { type: "email", required: true, maxLength: 254, autocomplete: "off" }), role = roles(leads, "member", {});
  const send = doing(async () => { await post(`${TENANTS}/${id}/invitations`, { email: email.value.trim(), role: role.value }); await again(); toast("The invitation is on its way."); });
  const back = one => doing(async () => { await api("DELETE", `${TENANTS}/${id}/invitations/${one.id}`); await again(); });
  return h("section", { class: "panel" }, h("h2", {}, "Invite somebody"), h("form", { onsubmit: send }, field("E-mail address", email), field("Role", role), h("div", { class: "row end" }, h("button", { class: "primary" }, "Invite"))),
    invitations.length && h("ul", { class: "plainlist people" }, invitations.map(one => h("li", { class: "person" }, h("div", {}, h("strong", {}, one.email), h("span", { class: "soft" }, `${ROLES[one.role] || one.role}, until ${shown(one.expires_at)}`)), button("Take back", back(one), "small", { ariaLabel: `Take back the invitation of ${one.email}` })))));
}

function rename({ id, name, again }) {
  const own = h("input", { required: true, maxLength: 200, value: name });
  const save = doing(async () => { await api("PATCH", `${TENANTS}/${id}`, { name: own.value.trim() }); await again(); toast("Saved."); });
  return h("section", { class: "panel" }, h("h2", {}, "The team's name"), h("form", { onsubmit: save }, field("Name", own), h("div", { class: "row end" }, h("button", { class: "primary" }, "Save"))));
}

function leaving({ id, person, name }) {
  const leave = doing(async () => { if (await sure(`Leave ${name}?`, "What you made in this team stays there. To come back you need an invitation.", "Leave", "Stay")) { await api("DELETE", `${TENANTS}/${id}/members/${person.id}`); anew(); } });
  return h("section", { class: "panel" }, h("h2", {}, "Leave the team"), soft("The last owner stays: make somebody else an owner first."), h("div", { class: "row" }, button("Leave", leave, "grave")));
}
