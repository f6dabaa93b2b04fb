// What a person has set: who coaches them, how the page looks, what a coach may do by itself, their account.
import { api, get, hasAccounts, leave, lendToken } from "./api.js";
import { button, doing, field, h, link, many, soft, toast } from "./dom.js";
import { applyTheme, theme } from "./theme.js";
import * as account from "./account.js";
import * as team from "./team.js";

const PERSONALITIES = "/api/v1/chat/personalities";
const LOOKS = { "": "As the system", light: "Light", dark: "Dark" };
const KINDS = { "goal.create": "Set a goal", "goal.update": "Change a goal", "goal.complete": "Mark a goal as reached", "milestone.create": "Add a step to a goal", "progress.add": "Note how a goal goes", "milestone.complete": "Mark a step as done", "habit.log": "Mark a habit as done", "journal.create": "Write a journal entry", "reminder.create": "Set a reminder" };

let installing = null;
addEventListener("beforeinstallprompt", event => { event.preventDefault(); installing = event; });

const PARTS = { account, team };

export async function show(root, { person, rest }) {
  if (hasAccounts() && PARTS[rest[0]]) return PARTS[rest[0]].show(root);
  const [me, coaches, actions, usage] = await Promise.all([get("/api/v1/me"), get(PERSONALITIES), get("/api/v1/actions/settings"), get("/api/v1/me/usage?days=30")]);
  root.replaceChildren(h("header", { class: "top" }, h("div", {}, h("span", { class: "kicker" }, person.email || me.role), h("h1", { tabIndex: -1 }, person.name || "You")), h("div", { class: "tools" }, hasAccounts() && button("Sign out", doing(leave)))),
    hasAccounts() && h("nav", { class: "row", ariaLabel: "Account and team" }, h("a", { class: "button", href: "#/you/account" }, "Your account"), h("a", { class: "button", href: "#/you/team" }, "Your team")) || "",
    coach(coaches), looks(), h("div", { class: "two" }, places(me), consent(actions)),
    h("section", { class: "panel" }, h("h2", {}, "What is yours"), h("p", {}, "See what is stored of you, bring a journal along, take all of it with you, or have it erased."), soft(`In the last 30 days the coach was asked ${many(usage.calls, "time")}.`), h("a", { class: "button", href: "/data", onclick: lendToken }, "My data")));
}

function coach(all) {
  const chosen = all.find(one => one.isDefault)?.id;
  const choose = one => doing(async () => { await api("PATCH", `${PERSONALITIES}/${one.id}/default`); toast(`${one.name} coaches you now.`); });
  return h("section", {}, h("h2", {}, "Who coaches you"), h("fieldset", { class: "cards choice", ariaLabel: "Who coaches you" }, all.map(one => h("label", { class: "card" }, h("input", { type: "radio", name: "coach", checked: one.id === chosen, onchange: choose(one) }), h("strong", {}, one.name), h("span", { class: "soft" }, one.description)))));
}

function looks() {
  const install = installing && button("Install as an app", async () => { await installing.prompt(); installing = null; }, "primary");
  return h("section", { class: "panel" }, h("h2", {}, "How it looks"), h("fieldset", { class: "chips", ariaLabel: "How it looks" }, Object.entries(LOOKS).map(([value, name]) => h("label", { class: "chip" }, h("input", { type: "radio", name: "look", checked: theme() === value, onchange: () => applyTheme(value) }), name))), install);
}

function places(me) {
  const zone = h("select", {}, zones(me.timezone).map(name => h("option", { selected: name === me.timezone }, name)));
  const language = h("input", { value: me.language || "", maxLength: 35, placeholder: "that of what I write" }), country = h("input", { value: me.country || "", maxLength: 2, placeholder: "DE" });
  const digest = h("input", { type: "checkbox", checked: me.weekly_digest });
  const save = doing(async () => { await api("PATCH", "/api/v1/me", { timezone: zone.value, language: language.value.trim(), country: country.value.trim(), weekly_digest: digest.checked }); toast("Saved."); });
  return h("section", { class: "panel" }, h("h2", {}, "Where you are"), h("form", { onsubmit: save }, field("Time zone", zone), field("Language of your coach", language), field("Country, for helplines", country), h("label", { class: "check" }, digest, "Write the review of each week by itself"), h("div", { class: "row end" }, h("button", { class: "primary" }, "Save"))));
}

const zones = own => [...new Set([own, Intl.DateTimeFormat().resolvedOptions().timeZone, "UTC", ...(Intl.supportedValuesOf?.("timeZone") || [])])];

function consent({ allowed }) {
  const change = doing(async () => { const kept = await api("PATCH", "/api/v1/actions/settings", { allowed: [...box.querySelectorAll("input:checked")].map(one => one.value) }); toast(kept.allowed.length ? "Saved." : "Your coach asks first, always."); });
  const box = h("fieldset", { onchange: change }, h("legend", {}, "Without asking first, it may:"), Object.entries(KINDS).map(([kind, name]) => h("label", { class: "check" }, h("input", { type: "checkbox", value: kind, checked: allowed.includes(kind) }), name)));
  return h("section", { class: "panel" }, h("h2", {}, "What your coach may do"), h("p", {}, "It proposes; nothing is done before you say so, and all of it can be taken back for a day."), box, soft(link("#/coach", "Ask it to set a goal"), " to see how."));
}
