// Topics: found, and what is set for each.
import { get } from "./api.js";
import { field, h, panel, plain, select, table } from "./dom.js";
import { heading, told } from "./frame.js";

const wanted = { search: "", category: "", is_active: "" };

export async function topics() {
  const every = [];
  for (let page = 1, more = true; more; page++) { const found = await get("/admin/topics", { page, page_size: 100 }); every.push(...found.topics); more = found.has_more; }
  const holder = h("div"), categories = [...new Set(every.map(one => one.category))].sort();
  const search = h("input", { type: "search", value: wanted.search, oninput: () => show() }), category = select({ onchange: () => show() }, [["", "All"], ...categories.map(one => [one, plain(one)])], wanted.category);
  const active = select({ onchange: () => show() }, [["", "All"], ["true", "Active"], ["false", "Off"]], wanted.is_active);
  function show() {
    Object.assign(wanted, { search: search.value, category: category.value, is_active: active.value });
    const fits = one => `${one.topic_id} ${one.name} ${one.description}`.toLowerCase().includes(wanted.search.toLowerCase()) && (!wanted.category || one.category === wanted.category) && (!wanted.is_active || String(one.active) === wanted.is_active);
    holder.replaceChildren(table("Topics", [
      { name: "Topic", of: row => [h("a", { href: "#topics/" + row.topic_id }, row.name), h("div.soft", row.description)] }, { name: "Id", kind: "id", of: row => row.topic_id }, { name: "Kind", kind: "keep", of: row => plain(row.kind) },
      { name: "Category", of: row => plain(row.category) }, { name: "Model", of: row => row.model || h("span.soft", "first in order") }, { name: "State", of: row => row.active ? h("span.tag.good", "active") : h("span.tag", "off") },
    ], every.filter(fits), "No such topic."));
  }
  show();
  return [heading("Topics & prompts", `${every.length} topics.`), panel(h("form", { role: "search", onsubmit: told(show) }, field("Search", search, { kind: "grow" }), field("Category", category), field("State", active)), holder)];
}
