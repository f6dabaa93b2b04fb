// The journal: writing, moods over time, finding again, and the review of a week.
import { get } from "./api.js";
import { button, doing, empty, entryDay, fail, field, h, isoDay, many, short, shown, soft } from "./dom.js";
import { icon } from "./icons.js";
import { one, writing } from "./entry.js";
import { heatMap } from "./pictures.js";
import { week } from "./week.js";

const JOURNAL = "/api/v1/journal", WEEKS = 26, FEW = 13, PAGE = 20;

export async function show(root, { rest }) {
  if (rest[0] === "weeks") return week(root, rest[1]);
  if (rest[0]) return one(root, rest[0]);
  const view = new Journal(root);
  await view.open();
  return () => view.work.abort();
}

class Journal {
  constructor(root) {
    this.root = root;
    this.work = new AbortController();
    this.entries = h("div", { class: "entries" });
    this.picture = h("div", { class: "panel moods" });
    this.search = h("input", { type: "search", placeholder: "Find what you wrote", maxLength: 200, oninput: () => this.soon() });
    this.filter = h("p", { class: "row", hidden: true });
  }

  async open() {
    const first = await get(`${JOURNAL}?limit=${PAGE}`);
    this.root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Journal"), h("div", { class: "tools" }, h("a", { class: "button", href: "#/journal/weeks" }, icon("spark"), "Review of the week"))),
      writing({ onkept: () => this.fresh() }), this.picture, h("div", { class: "find" }, icon("search"), field("Find what you wrote", this.search, { hidden: true })), this.filter, this.entries);
    this.list(first);
    this.moods().catch(fail);
  }

  async fresh() { await Promise.all([this.moods(), this.page()]); }

  async moods() {
    const found = await get(`${JOURNAL}/moods?weeks=${matchMedia("(max-width: 40rem)").matches ? FEW : WEEKS}`, { signal: this.work.signal });
    this.picture.replaceChildren(h("h2", {}, "How you have been"), heatMap(found, day => this.day(day)), soft(found.entry_count ? `${many(found.entry_count, "entry", "entries")}${often(found.moods)}` : "Each entry with a mood colours its day."));
  }

  async day(day) {
    this.search.value = "";
    this.note(`Written on ${shown(day + "T12:00", "day")}`);
    this.list(await get(`${JOURNAL}?from=${day}&to=${day}&limit=100`));
    this.filter.scrollIntoView({ block: "center", behavior: "smooth" });
    this.filter.querySelector("button").focus();
  }

  note(text) {
    this.filter.hidden = !text;
    this.filter.replaceChildren(text, button("Show all", doing(() => { this.search.value = ""; return this.page(); }), "small"));
  }

  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(doing(() => this.search.value.trim() ? this.found(this.search.value.trim()) : this.page()), 250);
  }

  async found(words) {
    const number = this.asked = (this.asked || 0) + 1;
    const { entries } = await get(`${JOURNAL}/search?limit=50&q=${encodeURIComponent(words)}`, { signal: this.work.signal });
    if (number !== this.asked || this.search.value.trim() !== words) return;
    this.note(`${many(entries.length, "entry", "entries")} for “${words}”`);
    this.entries.replaceChildren(...entries.map(row));
  }

  async page() { this.note(""); this.list(await get(`${JOURNAL}?limit=${PAGE}`)); }

  list(found, into = this.entries) {
    const more = found.hasMore && button("Earlier entries", doing(async event => { event.target.remove(); this.add(await get(`${JOURNAL}?limit=${PAGE}&cursor=${found.nextCursor}`)); }), "plain");
    into.replaceChildren(...found.entries.length ? days(found.entries) : [empty("Nothing here yet.", "A few words a day are enough. What you write is yours: your coach reads it to help you, nobody else does.")], more || "");
  }

  add(found) {
    const part = h("div");
    this.list(found, part);
    this.entries.append(part);
  }
}

/** Entries under the day that they belong to. */
function days(entries) {
  const found = [];
  for (const entry of entries) {
    const day = entryDay(entry), last = found.at(-1);
    if (last?.day === day) last.rows.push(row(entry)); else found.push({ day, rows: [row(entry)] });
  }
  return found.map(({ day, rows }) => h("section", {}, h("h2", { class: "dayname" }, day === isoDay(new Date()) ? "Today" : shown(day + "T12:00", "day")), rows));
}

function row(entry) {
  return h("a", { class: "card entry", href: `#/journal/${entry.id}` }, h("strong", {}, entry.title), entry.mood && h("span", { class: "tag" }, entry.mood), entry.content.startsWith(entry.title) && entry.content.length < 70 ? "" : h("p", {}, short(entry.content, 220)),
    entry.linked_goals?.length ? h("span", { class: "soft" }, icon("goals"), entry.linked_goals.map(goal => goal.title).join(", ")) : "");
}

function often(moods) {
  const names = Object.keys(moods).slice(0, 3);
  return names.length ? `, most often ${names.join(", ")}` : "";
}
