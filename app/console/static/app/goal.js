// One goal: the way to it as a picture, its steps, notes on how it goes, and entries that are about it.
import { api, get, post, stream } from "./api.js";
import { away, button, dialog, doing, entryDay, field, h, link, many, shown, soft, sure, toast } from "./dom.js";
import { help } from "./care.js";
import { icon } from "./icons.js";
import { path, ring } from "./pictures.js";
import { STATES } from "./goals.js";
import { written } from "./text.js";

const GOALS = "/api/v1/goals";

export async function one(root, id) {
  const work = new AbortController();
  const again = async () => draw(root, await get(`${GOALS}/${id}`), again, work.signal);
  await again();
  return () => work.abort();
}

function draw(root, goal, again, signal) {
  const focused = document.activeElement?.dataset?.step;
  const state = h("select", { ariaLabel: "How it stands", onchange: doing(async event => { await api("PATCH", `${GOALS}/${goal.id}/status`, { status: event.target.value }); await again(); }) },
    Object.entries(STATES).map(([value, name]) => h("option", { value, selected: value === goal.status }, name)));
  root.replaceChildren(link("#/goals", icon("back"), "All goals"),
    h("header", { class: "top" }, h("div", {}, h("span", { class: "kicker" }, goal.category), h("h1", { tabIndex: -1 }, goal.title)),
      h("div", { class: "tools" }, state, button(icon("pen"), () => edit(goal, again), "round", { ariaLabel: "Change this goal" }), button(icon("trash"), doing(() => remove(goal)), "round", { ariaLabel: "Delete this goal" }))),
    goal.description ? h("p", { class: "lead" }, goal.description) : "",
    h("div", { class: "panel progress" }, ring(goal.progress_percentage, 96), h("div", {}, goal.milestones.length ? path(goal) : soft("Steps make a way visible: add the first one below."), h("p", { class: "soft" }, facts(goal)))),
    h("div", { class: "two" }, steps(goal, again), notes(goal, again)), seen(goal, signal), about(goal));
  if (focused) root.querySelector(`[data-step="${focused}"]`)?.focus();
}

function facts(goal) {
  const day = goal.target_date && `For ${shown(goal.target_date)}, ${away(goal.target_date)}`;
  const habit = goal.is_habit && `${many(goal.habit_streak, "time")} in a row`;
  return [day, goal.milestone_count && `${goal.completed_milestones} of ${many(goal.milestone_count, "step")} reached`, habit, goal.completed_at && `reached ${away(goal.completed_at)}`].filter(Boolean).join(" · ");
}

function steps(goal, again) {
  const title = h("input", { maxLength: 200, required: true, placeholder: "Add a step" });
  const told = h("div");
  const add = doing(async () => { const made = await post(`${GOALS}/${goal.id}/milestone`, { title: title.value }); const found = help(made); if (found) told.replaceChildren(found); else { await again(); document.querySelector("#add-step")?.focus(); } });
  title.id = "add-step";
  const row = step => h("li", { class: step.completed ? "done" : "" }, h("label", {}, h("input", { type: "checkbox", checked: step.completed, "data-step": step.id, onchange: doing(async () => { await api("PATCH", `${GOALS}/${goal.id}/milestone/${step.id}/complete`); await again(); }) }), h("span", {}, step.title, step.due_date && h("small", {}, ` ${away(step.due_date)}`))),
    button("×", doing(async () => { await api("DELETE", `${GOALS}/${goal.id}/milestone/${step.id}`); await again(); }), "plain", { ariaLabel: `Remove the step ${step.title}` }));
  const today = goal.is_habit && button("Done today", doing(async () => { await api("PATCH", `${GOALS}/${goal.id}/habit-toggle`, {}); await again(); }), "primary");
  return h("section", { class: "panel" }, h("h2", {}, "Steps"), today, h("ul", { class: "steps" }, goal.milestones.map(row)), told, h("form", { class: "inline", onsubmit: add }, field("A new step", title, { hidden: true }), h("button", {}, "Add")));
}

function notes(goal, again) {
  const text = h("textarea", { rows: 2, maxLength: 2000, required: true, placeholder: "How is it going?" });
  const told = h("div");
  const add = doing(async () => { const found = help(await post(`${GOALS}/${goal.id}/progress`, { content: text.value })); text.value = ""; if (found) told.replaceChildren(found); else await again(); });
  const row = note => h("li", {}, h("time", { dateTime: note.created_at }, shown(note.created_at, "day")), h("p", {}, note.content));
  return h("section", { class: "panel" }, h("h2", {}, "How it goes"), h("form", { onsubmit: add }, field("A note on how it goes", text, { hidden: true }), told, h("div", { class: "row end" }, h("button", {}, "Note it"))), h("ol", { class: "notes" }, goal.progress_updates.map(row)));
}

/** What the coach sees, when it is asked. */
function seen(goal, signal) {
  const words = h("div", { class: "words", "aria-live": "polite" });
  const look = button([icon("spark"), "What does the coach see?"], doing(async event => {
    let text = "";
    words.setAttribute("aria-busy", "true");
    event.currentTarget.hidden = true;
    for await (const told of stream("GET", `/api/v1/chat/goal-insights/${goal.id}/stream`, { signal })) {
      if (told.type === "content") words.replaceChildren(...written(text += told.content));
      if (told.type === "error") throw Object.assign(new Error(told.message), { isTold: true });
    }
    words.removeAttribute("aria-busy");
  }));
  return h("section", { class: "panel seen" }, h("div", { class: "row" }, look, h("a", { class: "button", href: `#/coach/new/${encodeURIComponent(`Let us talk about my goal “${goal.title}”.`)}` }, icon("coach"), "Talk about it")), words);
}

function about(goal) {
  if (!goal.linked_journal_entries.length) return "";
  return h("section", {}, h("h2", {}, "In your journal"), h("ul", { class: "plainlist" }, goal.linked_journal_entries.map(entry => h("li", {}, link(`#/journal/${entry.id}`, entry.title), h("span", { class: "soft" }, ` ${shown(entryDay(entry) + "T12:00", "day")}`)))));
}

function edit(goal, again) {
  const title = h("input", { required: true, minLength: 3, maxLength: 200, value: goal.title }), date = h("input", { type: "date", required: true, value: (goal.target_date || "").slice(0, 10) });
  const category = h("input", { required: true, maxLength: 100, value: goal.category }), why = h("textarea", { rows: 3, maxLength: 2000 }, goal.description);
  const save = doing(async () => {
    const moved = date.value !== (goal.target_date || "").slice(0, 10) ? { target_date: date.value } : {};
    const found = help(await api("PATCH", `${GOALS}/${goal.id}`, { title: title.value, category: category.value, description: why.value, ...moved }));
    await again();
    if (found) told.replaceChildren(found); else box.close();
  });
  const told = h("div");
  const { box } = dialog("Change this goal", h("form", { onsubmit: save }, field("What would you like to reach?", title), h("div", { class: "pair" }, field("By when?", date), field("What is it about?", category)), field("Why does it matter?", why), told, h("div", { class: "row end" }, h("button", { class: "primary" }, "Save"))));
}

async function remove(goal) {
  const { warning } = await get(`${GOALS}/${goal.id}/deletion-info`);
  if (!await sure("Delete this goal?", warning || "Its steps and notes go with it.", "Delete it")) return;
  await api("DELETE", `${GOALS}/${goal.id}`);
  toast("Deleted.");
  location.hash = "#/goals";
}
