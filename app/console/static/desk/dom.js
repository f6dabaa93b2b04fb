// Making elements, and saying numbers and times. Text is always text, never markup.

// h("td.number", { title: "…" }, "text", element, [more], null)
export function h(spec, facts, ...children) {
  const [name, ...kinds] = spec.split(".");
  const element = document.createElement(name || "div");
  if (kinds.length) element.className = kinds.join(" ");
  if (facts instanceof Node || typeof facts !== "object" || Array.isArray(facts)) { children.unshift(facts); facts = null; }
  for (const [key, value] of Object.entries(facts || {})) set(element, key, value);
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false && child !== "").map(child => child instanceof Node ? child : String(child)));
  return element;
}

function set(element, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "style") for (const [name, its] of Object.entries(value)) element.style.setProperty(name, its);
  else if (["value", "checked", "disabled", "hidden", "selected", "indeterminate"].includes(key)) element[key] = value;
  else element.setAttribute(key, value === true ? "" : value);
}

let made = 0;
export const newId = () => `made-${++made}`;

// A label with its field; the field is given as an element.
export function field(text, input, { hint = "", kind = "" } = {}) {
  const label = h("label" + (kind ? "." + kind : ""), h("span", text), input);
  if (hint) { const small = h("small", { id: newId() }, hint); input.setAttribute("aria-describedby", small.id); label.append(small); }
  return label;
}

export const tick = (text, facts) => h("label.tick", h("input", { type: "checkbox", ...facts }), text);

export const options = (pairs, chosen) => pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));

export const select = (facts, pairs, chosen) => h("select", facts, options(pairs, chosen));

// Columns: { name, of(row), kind }; `kind` is the class of its cells.
export function table(caption, columns, rows, empty = "There is none.") {
  if (!rows.length) return h("p.empty", empty);
  // The roles stay where a narrow page shows rows as cards.
  const kind = (name, column) => name + (column.kind ? "." + column.kind : "");
  const cell = (column, row) => { const inner = h("div", column.of(row)); return h(kind("td", column), { role: "cell", "data-name": column.name }, ...(inner.childNodes.length ? [inner] : [])); };
  const head = columns.map(column => h(kind("th", column), { role: "columnheader", scope: "col" }, column.name || h("span.hidden", "What to do")));
  return h("div.scroll", { tabindex: "0", role: "region", "aria-label": caption }, h("table", { role: "table" }, h("caption", h("span.hidden", caption)),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)), h("tbody", { role: "rowgroup" }, rows.map(row => h("tr", { role: "row" }, columns.map(column => cell(column, row)))))));
}

export const facts = pairs => h("dl.facts", pairs.filter(Boolean).map(([name, value]) => [h("dt", name), h("dd", value)]));

export const panel = (title, ...inner) => h("section.panel", typeof title === "string" ? h("h2", title) : title, inner);

// Tabs as the ARIA pattern has them; `make` is called when one is first shown.
export function tabs(name, pages) {
  const root = h("div", { style: { display: "flex", "flex-direction": "column", gap: ".9rem" } }), list = h("div.tabs", { role: "tablist", "aria-label": name });
  const parts = pages.map(([title, make], place) => {
    const body = h("div", { role: "tabpanel", id: newId(), hidden: place > 0, tabindex: "0" });
    const button = h("button", { type: "button", role: "tab", id: newId(), "aria-controls": body.id, "aria-selected": String(!place), tabindex: place ? "-1" : "0", onclick: () => show(place) }, title);
    body.setAttribute("aria-labelledby", button.id);
    return { button, body, make };
  });
  function show(place) {
    parts.forEach((part, other) => {
      const is = other === place;
      part.button.setAttribute("aria-selected", String(is)); part.button.tabIndex = is ? 0 : -1; part.body.hidden = !is;
      if (is && !part.body.hasChildNodes()) part.body.append(...[part.make()].flat());
    });
  }
  list.addEventListener("keydown", event => {
    const at = parts.findIndex(part => part.button === document.activeElement), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    const next = (at + step + parts.length) % parts.length;
    show(next); parts[next].button.focus(); event.preventDefault();
  });
  list.append(...parts.map(part => part.button)); root.append(list, ...parts.map(part => part.body));
  show(0);
  return root;
}

// Asks before what can't be taken back.
export function sure(question, text, word) {
  return new Promise(done => {
    const heading = newId();
    const box = h("dialog", { "aria-labelledby": heading }, h("form", { method: "dialog" }, h("h2", { id: heading }, question), text ? h("p.soft", text) : null,
      h("div.row", h("button", { value: "no" }, "Cancel"), h("button.grave", { value: "yes" }, word))));
    box.addEventListener("close", () => { done(box.returnValue === "yes"); box.remove(); });
    document.body.append(box); box.showModal();
  });
}

export const number = count => (count ?? 0).toLocaleString("en");
export const short = count => Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 }).format(count || 0);
export function money(dollars) {
  if (dollars === null || dollars === undefined) return "unknown";
  const digits = !dollars || Math.abs(dollars) >= 1 ? 2 : Math.abs(dollars) >= 0.01 ? 3 : 6;
  return "$" + dollars.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: digits });
}
// What has a price, and how much has none: a call without one was not free.
export function cost(dollars, unpriced) {
  if (!unpriced) return money(dollars);
  return [dollars ? money(dollars) + " " : null, h("span.tag.wait", { title: "Calls to models whose price is not known" }, `${number(unpriced)} unpriced`)];
}
export function moment(text) {
  if (!text) return h("span.soft", "never");
  const at = new Date(text);
  return h("time", { datetime: text, title: at.toISOString() }, at.toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
}
export const plain = word => String(word ?? "").replaceAll("_", " ");
export const day = date => date.toISOString().slice(0, 10);
export const daysAgo = count => day(new Date(Date.now() - count * 86400e3));

export function save(name, text, type = "text/csv") {
  const link = h("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click(); URL.revokeObjectURL(link.href);
}

// A cell that a spreadsheet would take for a formula stays text.
export const csv = rows => rows.map(row => row.map(cell => { const text = String(cell ?? ""), safe = /^[=+@\t\r]|^-(?![\d.]+$)/.test(text) ? "'" + text : text; return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe; }).join(",")).join("\n") + "\n";
