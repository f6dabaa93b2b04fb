// Pictures of figures, drawn as SVG; each has its figures in words beside it.
import { h } from "./dom.js";

const COLOURS = 8, HIGH = 200, FOOT = 26, LEFT = 58, HEAD = 10;
export const colour = place => `var(--c${Math.min(place, COLOURS) + 1})`;
const sum = values => values.reduce((all, value) => all + value, 0);

function draw(parent, name, facts, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(facts)) if (key === "fill") element.style.fill = value; else element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

// The largest series by themselves, the rest together.
export function largest(series) {
  const sorted = [...series].sort((one, other) => sum(other.values) - sum(one.values));
  if (sorted.length <= COLOURS + 1) return sorted;
  const rest = sorted.slice(COLOURS);
  return [...sorted.slice(0, COLOURS), { name: `${rest.length} others`, values: rest[0].values.map((_, place) => sum(rest.map(one => one.values[place]))) }];
}

// A round number at or above the largest value.
function ceiling(most) {
  if (most <= 0) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map(step => step * unit).find(step => step >= most - 1e-12);
}

// Stacked columns: `labels` below, `series` of { name, values }, `say` puts a value into words.
export function columns(title, labels, given, say) {
  const series = largest(given.filter(one => sum(one.values) > 0));
  const totals = labels.map((_, place) => sum(series.map(one => one.values[place])));
  if (!series.length) return h("p.empty", "Nothing in this time.");
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("class", "plot"); root.setAttribute("role", "img");
  root.setAttribute("aria-label", `${title}: ${say(sum(totals))} in all, at most ${say(Math.max(...totals))} on ${labels[totals.indexOf(Math.max(...totals))]}. ${series.map(one => `${one.name} ${say(sum(one.values))}`).join(", ")}`);
  const holder = h("div", root);
  const paint = width => stack(root, width, { labels, series, totals, say });
  paint(760);
  new ResizeObserver(([box]) => { if (box.contentRect.width) paint(Math.max(280, box.contentRect.width)); }).observe(holder);
  const legend = h("ul.legend", series.map((one, place) => h("li", { style: { "--is": colour(place) } }, `${one.name} `, h("b", say(sum(one.values))))));
  return h("div", { style: { display: "flex", "flex-direction": "column", gap: ".7rem" } }, holder, legend);
}

function stack(root, width, { labels, series, totals, say }) {
  root.replaceChildren(); root.setAttribute("viewBox", `0 0 ${width} ${HIGH + FOOT}`);
  const most = ceiling(Math.max(...totals)), scale = (HIGH - HEAD) / most;
  for (const part of [0, 0.5, 1]) {
    const y = HIGH - part * most * scale;
    draw(root, "line", { x1: LEFT, x2: width, y1: y, y2: y });
    draw(root, "text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, say(part * most));
  }
  const step = (width - LEFT) / labels.length, wide = Math.min(36, Math.max(1.5, step * 0.72)), every = Math.ceil(62 / step);
  labels.forEach((label, place) => {
    const x = LEFT + step * place + (step - wide) / 2;
    let foot = HIGH;
    series.forEach((one, kind) => {
      const high = one.values[place] * scale;
      foot -= high;
      if (high > 0) draw(draw(root, "rect", { x, y: foot, width: wide, height: Math.max(high, 0.7), fill: colour(kind), rx: wide > 6 ? 1.5 : 0 }), "title", {}, `${label}, ${one.name}: ${say(one.values[place])}`);
    });
    if (place % every === 0) draw(root, "text", { x: LEFT + step * (place + 0.5), y: HIGH + 18, "text-anchor": "middle" }, label.slice(5));
  });
}

// Bars from a list of { name, value, href? }, the longest first.
export function bars(rows, say, empty = "Nothing in this time.") {
  const shown = rows.filter(row => row.value > 0).sort((one, other) => other.value - one.value), most = Math.max(...shown.map(row => row.value), 0);
  if (!shown.length) return h("p.empty", empty);
  return h("div.bars", shown.map(row => h("div.bar", h("span", row.href ? h("a", { href: row.href }, row.name) : row.name),
    h("div.track", h("i", { style: { width: row.value / most * 100 + "%", ...(row.colour ? { "--is": row.colour } : {}) } })), h("b", say(row.value)))));
}

// Every day from one to another, as YYYY-MM-DD.
export function days(first, last) {
  const found = [];
  for (let at = Date.parse(first + "T00:00:00Z"); at <= Date.parse(last + "T00:00:00Z") && found.length < 400; at += 86400e3) found.push(new Date(at).toISOString().slice(0, 10));
  return found;
}
