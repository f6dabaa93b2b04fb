// Elements, and the small things that every view needs around them.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, facts, children) {
  for (const [name, value] of Object.entries(facts || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !(element instanceof SVGElement) && name !== "list" && name !== "style") element[name === "class" ? "className" : name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter(child => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

export const h = (name, facts, ...children) => fill(document.createElement(name), rename(facts), children);
export const s = (name, facts, ...children) => fill(document.createElementNS(SVG, name), facts, children);

function rename(facts) {
  if (!facts || !("class" in facts)) return facts;
  const { class: className, ...rest } = facts;
  return { className, ...rest };
}

export const button = (label, onclick, kind = "", facts = {}) => h("button", { type: "button", class: kind, onclick, ...facts }, label);
export const soft = (...children) => h("p", { class: "soft" }, ...children);
export const link = (href, ...children) => h("a", { href }, ...children);

let count = 0;
export const fresh = word => `${word}-${++count}`;

/** A labelled field; the label is always there, seen or only heard. */
export function field(label, input, facts = {}) {
  input.id ||= fresh("field");
  return h("div", { class: "field " + (facts.class || "") }, h("label", { htmlFor: input.id, class: facts.hidden ? "unseen" : "" }, label), input);
}

/** Says something to those who don't see it happen. */
export function announce(text) {
  const place = document.getElementById("heard");
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

let hiding = 0;
/** A line at the edge that goes by itself, with one thing to do about it if wanted. */
export function toast(text, { act, label, kind = "", stays = 4000 } = {}) {
  const place = document.getElementById("toast");
  clearTimeout(hiding);
  const away = () => place.replaceChildren();
  const more = act && button(label, () => { away(); act(); }, "plain");
  place.replaceChildren(h("div", { class: "toast " + kind }, h("span", {}, text), more, button("×", away, "plain", { ariaLabel: "Close" })));
  hiding = setTimeout(away, act ? stays * 2 : stays);
}

/** Runs what a person asked for; a failure is said, the button waits meanwhile. */
export function doing(work) {
  return async event => {
    event?.preventDefault?.();
    const pressed = event?.submitter || (event?.currentTarget instanceof HTMLButtonElement ? event.currentTarget : null);
    if (pressed) { pressed.disabled = true; pressed.setAttribute("aria-busy", "true"); }
    try { return await work(event); } catch (error) { fail(error); } finally { if (pressed) { pressed.disabled = false; pressed.removeAttribute("aria-busy"); } }
  };
}

export function fail(error) {
  if (error?.name === "AbortError") return;
  if (!error?.isTold) console.warn(error);
  toast(error?.message || "Something went wrong.", { kind: "bad" });
}

/** A dialog that closes by Escape, its button or its background; resolves to what it was closed with. */
export function dialog(title, ...children) {
  const name = fresh("title");
  const box = h("dialog", { class: "dialog" }, h("header", {}, h("h2", { id: name }, title), button("×", () => box.close(), "plain close", { ariaLabel: "Close" })), ...children);
  box.setAttribute("aria-labelledby", name);
  box.addEventListener("click", event => { if (event.target === box) box.close(); });
  const closed = new Promise(done => box.addEventListener("close", () => { box.remove(); done(box.returnValue); }));
  document.body.append(box);
  box.showModal();
  return { box, closed };
}

export async function sure(title, text, label, no = "Keep it") {
  const { box, closed } = dialog(title, h("p", {}, text), h("div", { class: "row end" }, button(no, () => box.close(""), "plain"), button(label, () => box.close("yes"), "grave")));
  return await closed === "yes";
}

export const empty = (title, text, ...more) => h("div", { class: "empty" }, h("h2", {}, title), h("p", {}, text), ...more);
export const waiting = (lines = 3) => h("div", { class: "waiting", role: "status" }, h("span", { class: "unseen" }, "Loading"), ...Array.from({ length: lines }, () => h("i", {})));

const DAY = 86400000;
export const dayOf = moment => { const at = new Date(moment); return new Date(at.getFullYear(), at.getMonth(), at.getDate()); };
export const isoDay = at => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
const FORMS = { day: { weekday: "short", day: "numeric", month: "short" }, full: { day: "numeric", month: "long", year: "numeric" }, time: { hour: "2-digit", minute: "2-digit" }, month: { month: "short" } };
export const shown = (moment, form = "full") => new Date(moment).toLocaleString([], FORMS[form]);

/** "today", "in 3 weeks", "2 days ago". */
export function away(moment) {
  const days = Math.round((dayOf(moment) - dayOf(Date.now())) / DAY);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  if (Math.abs(days) < 14) return words.format(days, "day");
  return Math.abs(days) < 70 ? words.format(Math.round(days / 7), "week") : words.format(Math.round(days / 30), "month");
}

/** A day that counts as such stands in UTC; everything else on the clocks here. */
export const entryDay = entry => entry.all_day ? entry.entry_date.slice(0, 10) : isoDay(new Date(entry.entry_date));
export const many = (number, word, words = word + "s") => `${number} ${number === 1 ? word : words}`;
export const short = (text, most = 140) => text.length > most ? text.slice(0, most - 1).trimEnd() + "…" : text;
