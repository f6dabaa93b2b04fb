// What an answer drew on: ids become titles and first words, each a link to the whole.
import { get } from "./api.js";
import { entryDay, h, link, many, short, shown } from "./dom.js";
import { icon } from "./icons.js";

const KINDS = {
  goal: { read: async id => { const goal = await get(`/api/v1/goals/${id}`); return { href: `#/goals/${id}`, title: goal.title, about: short(goal.description || "Goal"), sign: "goals" }; } },
  journal: { read: async id => { const entry = await get(`/api/v1/journal/${id}`); return { href: `#/journal/${id}`, title: entry.title, about: `${shown(entryDay(entry) + "T12:00", "day")} · ${short(entry.content, 110)}`, sign: "journal" }; } },
};
const kindOf = id => Object.keys(KINDS).find(kind => id.startsWith(kind + "_")) || "";

export function sources(ids) {
  const known = [...new Set((ids || []).map(String))].filter(kindOf);
  if (!known.length) return null;
  const list = h("ul", { class: "sources" });
  const box = h("details", {}, h("summary", {}, icon("spark"), `Drew on ${many(known.length, "thing")} you wrote`), list);
  box.addEventListener("toggle", () => { if (box.open && !list.childElementCount) fillIn(list, known); });
  return box;
}

async function fillIn(list, ids) {
  list.replaceChildren(...ids.map(() => h("li", { class: "blank" })));
  const found = await Promise.all(ids.map(id => KINDS[kindOf(id)].read(id).catch(() => null)));
  const gone = found.filter(one => !one).length;
  list.replaceChildren(...found.filter(Boolean).map(one => h("li", {}, icon(one.sign), h("div", {}, link(one.href, one.title), h("span", { class: "soft" }, one.about)))),
    ...(gone ? [h("li", { class: "soft" }, `${many(gone, "other")} can't be shown any more`)] : []));
}
