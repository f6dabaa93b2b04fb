// Writing an entry, and one that is there.
import { api, get, once } from "./api.js";
import { button, doing, entryDay, field, fresh, h, isoDay, link, short, shown, sure, toast } from "./dom.js";
import { help } from "./care.js";
import { icon } from "./icons.js";

const JOURNAL = "/api/v1/journal", DRAFT = "journal draft";
const MOODS = [["happy", "😄"], ["grateful", "🙏"], ["proud", "🌟"], ["calm", "🌿"], ["okay", "🙂"], ["tired", "😴"], ["anxious", "😟"], ["frustrated", "😤"], ["sad", "😢"]];

/** The form of an entry: a new one, or `entry` as it is. What is not sent yet stays on this device. */
export function writing({ entry, onkept }) {
  const content = h("textarea", { rows: entry ? 8 : 2, required: true, maxLength: 50000, placeholder: "How was your day?", value: entry?.content ?? sessionStorage.getItem(DRAFT) ?? "" });
  const title = h("input", { maxLength: 200, value: entry?.title || "", placeholder: "Its first words, if you name none" });
  const date = h("input", { type: "date", max: isoDay(new Date()), value: entry ? entryDay(entry) : isoDay(new Date()) });
  const tags = h("input", { value: (entry?.tags || []).join(", "), placeholder: "run, family" });
  const about = h("div", { class: "checks" }), told = h("div");
  const moods = moodChoice(entry?.mood || "");
  const open = () => { if (!more.hidden) return; more.hidden = false; content.rows = 5; goalChoice(about, entry?.linked_goal_ids || []); };
  const save = doing(async () => {
    const words = content.value.trim(), day = date.value;
    const same = entry ? day === entryDay(entry) : day === isoDay(new Date());
    const body = { title: title.value.trim() || short(words.split("\n")[0], 60), content: words, mood: moods.value(), tags: tags.value.split(",").map(tag => tag.trim()).filter(Boolean), goal_ids: [...about.querySelectorAll("input:checked")].map(box => box.value), ...(same ? {} : { entry_date: day }) };
    if (!about.childElementCount) delete body.goal_ids;
    const kept = entry ? await api("PATCH", `${JOURNAL}/${entry.id}`, body) : await api("POST", JOURNAL, body, once());
    sessionStorage.removeItem(DRAFT);
    if (!entry) { form.reset(); content.value = ""; more.hidden = true; content.rows = 2; }
    told.replaceChildren(help(kept) || "");
    toast("Kept.");
    await onkept(kept);
  });
  content.addEventListener("focus", open);
  content.addEventListener("input", () => { open(); if (!entry) sessionStorage.setItem(DRAFT, content.value); });
  const more = h("div", { class: "more", hidden: true }, moods.element, h("details", {}, h("summary", {}, "Title, day, tags, goals"), h("div", { class: "pair" }, field("Title", title), field("Day", date)), field("Tags", tags), about), h("div", { class: "row end" }, h("button", { class: "primary" }, "Keep")));
  const form = h("form", { class: "panel write", onsubmit: save }, field(entry ? "What you wrote" : "A new entry", content, { hidden: true }), more, told);
  if (entry || content.value) open();
  return form;
}

function moodChoice(chosen) {
  const name = fresh("mood"), known = MOODS.some(([word]) => word === chosen) || !chosen ? MOODS : [[chosen, "•"], ...MOODS];
  const element = h("fieldset", { class: "chips" }, h("legend", {}, "How do you feel?"), known.map(([word, face]) => h("label", { class: "chip" }, h("input", { type: "radio", name, value: word, checked: word === chosen }), h("span", { "aria-hidden": "true" }, face), word)));
  // A second click takes it back.
  element.addEventListener("click", event => { const box = event.target; if (box.type === "radio") { if (element.last === box) { box.checked = false; element.last = null; } else element.last = box; } });
  return { element, value: () => element.querySelector("input:checked")?.value || null };
}

async function goalChoice(place, chosen) {
  const { goals } = await get("/api/v1/goals?limit=30");
  if (!goals.length) return;
  place.replaceChildren(h("fieldset", {}, h("legend", {}, "About which goals?"), goals.map(goal => h("label", {}, h("input", { type: "checkbox", value: goal.id, checked: chosen.includes(goal.id) }), goal.title))));
}

export async function one(root, id) {
  const entry = await get(`${JOURNAL}/${id}`);
  read(root, entry);
}

function read(root, entry) {
  const change = () => { root.replaceChildren(back(), h("h1", { tabIndex: -1 }, "Change this entry"), writing({ entry, onkept: async kept => { if (!help(kept)) read(root, kept); } })); root.querySelector("textarea").focus(); };
  const facts = [shown(entryDay(entry) + "T12:00"), entry.place].filter(Boolean).join(" · ");
  root.replaceChildren(back(), h("header", { class: "top" }, h("div", {}, h("span", { class: "kicker" }, facts), h("h1", { tabIndex: -1 }, entry.title)),
    h("div", { class: "tools" }, button(icon("pen"), change, "round", { ariaLabel: "Change this entry" }), button(icon("trash"), doing(() => remove(entry)), "round", { ariaLabel: "Delete this entry" }))),
    h("div", { class: "row" }, entry.mood && h("span", { class: "tag" }, entry.mood), entry.tags.map(tag => h("span", { class: "tag plain" }, tag))),
    h("div", { class: "prose" }, entry.content.split(/\n{2,}/).map(part => h("p", {}, part))),
    entry.linked_goals.length ? h("p", { class: "soft" }, "About ", entry.linked_goals.map((goal, at) => [at ? ", " : "", link(`#/goals/${goal.id}`, goal.title)])) : "",
    h("a", { class: "button", href: `#/coach/new/${encodeURIComponent(`I would like to talk about what I wrote: “${entry.title}”.`)}` }, icon("coach"), "Talk about it"));
}

const back = () => link("#/journal", icon("back"), "Journal");

async function remove(entry) {
  if (!await sure("Delete this entry?", "What you wrote here goes, and your coach forgets it.", "Delete it")) return;
  await api("DELETE", `${JOURNAL}/${entry.id}`);
  toast("Deleted.");
  location.hash = "#/journal";
}
