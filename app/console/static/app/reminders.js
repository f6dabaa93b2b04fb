// Reminders and check-ins: what is coming, new ones, and an answer with one tap.
import { api, get, once, post } from "./api.js";
import { away, button, doing, empty, field, h, isoDay, shown, sure, toast } from "./dom.js";
import { help } from "./care.js";
import { icon } from "./icons.js";
import { on } from "./live.js";

const REMINDERS = "/api/v1/reminders";
const RULES = { "": "Once", "FREQ=DAILY": "Every day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": "On weekdays", "FREQ=WEEKLY": "Every week", "FREQ=MONTHLY": "Every month" };

export async function show(root) {
  const work = new AbortController();
  const again = async () => draw(root, await get(`${REMINDERS}?limit=50`), await get("/api/v1/goals?limit=30"), again);
  await again();
  on("reminder.due", () => again().catch(() => {}), work.signal);
  return () => work.abort();
}

function draw(root, { reminders }, { goals }, again) {
  const coming = reminders.filter(one => one.next_at).sort((a, b) => a.next_at.localeCompare(b.next_at)), over = reminders.filter(one => !one.next_at);
  root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Reminders")), form(goals, again),
    coming.length ? h("div", { class: "entries" }, coming.map(one => card(one, again))) : empty("Nothing is planned.", "A small nudge at the right time helps more than a big plan."),
    over.length ? h("details", { class: "over" }, h("summary", {}, "Before"), over.map(one => card(one, again))) : "");
}

function form(goals, again) {
  const text = h("input", { required: true, maxLength: 500, placeholder: "Go for a run" }), date = h("input", { type: "date", required: true, value: isoDay(new Date(Date.now() + 86400000)), min: isoDay(new Date()) });
  const time = h("input", { type: "time", required: true, value: "09:00" }), rule = h("select", {}, Object.entries(RULES).map(([value, name]) => h("option", { value }, name)));
  const goal = h("select", {}, h("option", { value: "" }, "None"), goals.map(one => h("option", { value: one.id }, one.title))), asks = h("input", { type: "checkbox" }), told = h("div");
  const save = doing(async () => {
    const body = { text: text.value, at: `${date.value}T${time.value}:00`, kind: asks.checked ? "check_in" : "reminder", timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, ...(rule.value && { rrule: rule.value }), ...(goal.value && { goal_id: goal.value }) };
    const found = help(await api("POST", REMINDERS, body, once()));
    toast("It is planned.");
    if (found) told.replaceChildren(found); else await again();
  });
  return h("form", { class: "panel", onsubmit: save }, field("What shall I remind you of?", text), h("div", { class: "pair" }, field("Day", date), field("Time", time), field("How often", rule), field("About the goal", goal)),
    h("label", { class: "check" }, asks, "Ask me how it went"), told, h("div", { class: "row end" }, h("button", { class: "primary" }, "Plan it")));
}

function card(one, again) {
  const answer = value => button(value === "yes" ? "Yes" : "Not this time", doing(async () => { await post(`${REMINDERS}/${one.id}/answer`, { value }); toast("Noted."); await again(); }), "small");
  const rest = doing(async () => { await api("PATCH", `${REMINDERS}/${one.id}`, { paused_until: isPaused(one) ? null : new Date(Date.now() + 7 * 86400000).toISOString() }); await again(); });
  const remove = doing(async () => { if (await sure("Delete this reminder?", one.text, "Delete it")) { await api("DELETE", `${REMINDERS}/${one.id}`); await again(); } });
  const when = one.next_at ? `${shown(one.next_at, "day")}, ${shown(one.next_at, "time")} (${away(one.next_at)})` : one.last_at ? `told ${away(one.last_at)}` : "over";
  return h("article", { class: "card reminder" }, icon("reminders"), h("div", {}, h("strong", {}, one.text), h("span", { class: "soft" }, `${when}${one.rrule ? ` · ${RULES[one.rrule] || one.rrule}` : ""}${isPaused(one) ? " · resting" : ""}`),
    one.last_at && one.kind === "check_in" ? h("div", { class: "row" }, h("span", {}, "Did it go well?"), answer("yes"), answer("no")) : ""),
    h("div", { class: "tools" }, one.next_at && one.rrule && button(isPaused(one) ? "Go on" : "Rest a week", rest, "small"), button(icon("trash"), remove, "round", { ariaLabel: `Delete “${one.text}”` })));
}

const isPaused = one => one.paused_until && new Date(one.paused_until) > new Date();
