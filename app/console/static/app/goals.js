// Goals: how far each is, new ones, ideas from the journal, and one of them with all that belongs to it.
import { api, get, once, post } from "./api.js";
import { away, button, dialog, doing, empty, field, h, isoDay, many, short, soft, toast } from "./dom.js";
import { help } from "./care.js";
import { icon } from "./icons.js";
import { ring } from "./pictures.js";
import { one } from "./goal.js";

const GOALS = "/api/v1/goals", DAY = 86400000;
export const STATES = { not_started: "Not begun", in_progress: "Under way", completed: "Reached", abandoned: "Let go" };
const inDays = days => isoDay(new Date(Date.now() + days * DAY));

export async function show(root, { rest }) {
  if (rest[0] && rest[0] !== "new") return one(root, rest[0]);
  const { goals, hasMore, nextCursor } = await get(`${GOALS}?limit=50`);
  const open = goals.filter(goal => !["completed", "abandoned"].includes(goal.status)), over = goals.filter(goal => !open.includes(goal));
  const ideas = h("section", { class: "ideas", hidden: true, ariaLabel: "Ideas" });
  const make = () => newGoal(() => show(root, { rest: [] }));
  const suggest = button([icon("spark"), "Ideas for me"], doing(() => suggestions(ideas)));
  root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Goals"), h("div", { class: "tools" }, suggest, button([icon("plus"), "New goal"], make, "primary"))), ideas,
    open.length ? h("div", { class: "cards" }, open.map(card)) : empty("What would you like to reach?", "A goal can be small. Give it a name and a day; the steps can follow.", button("Set a first goal", make, "primary")),
    over.length ? h("details", { class: "over" }, h("summary", {}, `${many(over.length, "goal")} behind you`), h("div", { class: "cards" }, over.map(card))) : "",
    hasMore ? button("More goals", doing(event => more(event.currentTarget, nextCursor)), "plain") : "");
  if (rest[0] === "new") make();
}

async function more(pressed, cursor) {
  const found = await get(`${GOALS}?limit=50&cursor=${cursor}`);
  const next = found.hasMore ? button("More goals", doing(event => more(event.currentTarget, found.nextCursor)), "plain") : "";
  pressed.replaceWith(h("div", { class: "cards" }, found.goals.map(card)), next);
}

function card(goal) {
  const late = goal.target_date && new Date(goal.target_date) < new Date(isoDay(new Date())) && !["completed", "abandoned"].includes(goal.status);
  const steps = goal.milestone_count ? `${goal.completed_milestones} of ${many(goal.milestone_count, "step")}` : STATES[goal.status];
  return h("a", { class: "card goal", href: `#/goals/${goal.id}` }, ring(goal.progress_percentage), h("div", {}, h("span", { class: "kicker" }, goal.category), h("strong", {}, goal.title),
    h("span", { class: late ? "late" : "soft" }, steps, goal.target_date ? ` · ${goal.status === "completed" ? "reached" : late ? `was due ${away(goal.target_date)}` : away(goal.target_date)}` : ""), goal.is_habit && goal.habit_streak ? h("span", { class: "tag" }, `${goal.habit_streak} in a row`) : ""));
}

/** The form of a new goal; `given` is filled in. */
function newGoal(done, given = {}) {
  const title = h("input", { required: true, minLength: 3, maxLength: 200, value: given.title || "", placeholder: "Run five kilometres" });
  const date = h("input", { type: "date", required: true, min: inDays(0), value: inDays(90) });
  const category = h("input", { maxLength: 100, value: given.category || "", placeholder: "health, work, family…", list: "categories" });
  const names = h("datalist", { id: "categories" });
  const why = h("textarea", { rows: 2, maxLength: 2000 }, given.description || "");
  const steps = h("textarea", { rows: 3, placeholder: "One step on each line" }, (given.milestones || []).join("\n"));
  const told = h("div");
  const save = doing(async () => {
    const milestones = steps.value.split("\n").map(line => line.trim()).filter(Boolean).map(line => ({ title: short(line, 200) }));
    const made = await create({ title: title.value, target_date: date.value, category: category.value.trim() || "other", description: why.value, milestones });
    const found = help(made);
    done(made);
    if (found) told.replaceChildren(found); else { box.close(); toast("Your goal is set.", { label: "Open it", act: () => { location.hash = `#/goals/${made.id}`; } }); }
  });
  const { box } = dialog("A new goal", h("form", { onsubmit: save }, field("What would you like to reach?", title), h("div", { class: "pair" }, field("By when?", date), field("What is it about?", category)), names,
    h("details", { open: Boolean(given.description || given.milestones?.length) }, h("summary", {}, "Why, and in which steps"), field("Why does it matter?", why), field("Steps", steps)), told, h("div", { class: "row end" }, h("button", { class: "primary" }, "Set this goal"))));
  title.focus();
  get("/api/v1/categories").then(all => names.append(...all.map(kind => h("option", { value: kind.name.toLowerCase() })))).catch(() => {});
}

const create = goal => api("POST", GOALS, goal, once());

async function suggestions(place) {
  place.hidden = false;
  place.replaceChildren(soft("Reading your journal…"));
  const found = await post("/api/v1/chat/suggest-goals", {}, once()).catch(error => { place.hidden = true; throw error; });
  const ideas = found.suggested_goals.map(idea);
  place.replaceChildren(h("h2", {}, "From what you wrote"), ideas.length ? h("div", { class: "cards" }, ideas) : soft(found.message || "There is not enough in your journal yet."));
}

function idea(given) {
  const take = button("Take it over", doing(async event => {
    const made = await create({ title: given.title, description: given.description, category: given.category, target_date: inDays(90), milestones: (given.milestones || []).map(title => ({ title })) });
    event.target.replaceWith(h("a", { href: `#/goals/${made.id}`, class: "tag done" }, "It is yours: open it"));
  }), "primary small");
  return h("article", { class: "card idea" }, h("span", { class: "kicker" }, given.category), h("strong", {}, given.title), h("p", {}, short(given.description, 200)), soft(given.reasoning), h("div", { class: "row" }, take));
}
