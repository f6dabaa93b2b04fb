// The care page, for operators: a client of /api/v1/care and /api/v1/admin/care.
"use strict";
const $ = id => document.getElementById(id);
const make = (name, text, kind) => { const element = document.createElement(name); if (text !== undefined) element.textContent = text; if (kind) element.className = kind; return element; };
const state = (text, kind) => { $("state").hidden = !text; $("state").textContent = text || ""; $("state").className = "state " + (kind || ""); };
const LEVELS = ["crisis", "concern", "none"];
const NAMES = { crisis: "crisis", concern: "concern", none: "cut answers" };  // where nothing was found, a model's words were cut
const visit = new Visit("care", "operator");
let figures = null, lines = [];

const named = (type, code) => { try { return new Intl.DisplayNames(["en"], { type }).of(code); } catch { return code; } };
const plain = word => (word ?? "none").toString().replaceAll("_", " ");

async function ask(path, options = {}) {
  const response = await fetch("/api/v1" + path, { ...options, headers: { ...visit.headers(options.method), ...options.headers } });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw Object.assign(new Error(body.error || response.statusText), { status: response.status });
}
const json = async (path, options) => (await ask(path, options)).json();

// Whatever a person does here: a failure is said where they look.
const told = work => async event => {
  if (event) event.preventDefault();
  try { state(""); await work(); } catch (error) { state(error.message, "bad"); if (error.status === 401 || error.status === 403) leave(); }
};

function leave() { visit.forget(); $("desk").hidden = true; $("door").hidden = false; }

async function open(token = "") {
  await visit.enter(token);
  const found = await json("/care/report");
  $("door").hidden = true; $("desk").hidden = false;
  $("from").value = found.from; $("to").value = found.to;
  show(found);
  await fill();
}

const period = () => new URLSearchParams({ from: $("from").value, to: $("to").value });

async function download() {
  const response = await ask("/care/report?format=csv&" + period());
  const link = make("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") || "")?.[1] || "care.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

// Figures.
const added = parts => parts.reduce((all, count) => all + count, 0);
const sum = rows => rows.reduce((all, row) => all + row.count, 0);
const of = level => figures.rows.filter(row => row.level === level);

function show(found) {
  figures = found;
  $("total").textContent = found.total; $("crises").textContent = sum(of("crisis")); $("concerns").textContent = sum(of("concern")); $("cuts").textContent = sum(of("none"));
  plot(); bars("languages", "language", code => named("language", code)); bars("paths", "path", plain); bars("categories", "category", plain); table();
}

function monthsOf(first, last) {
  const months = [];
  for (let [year, month] = first.split("-").map(Number); months.length < 1200; month += 1) {
    if (month > 12) { month = 1; year += 1; }
    months.push(`${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`);
    if (months.at(-1) >= last.slice(0, 7)) break;
  }
  return months;
}

// Long spans show what there is in them, from the first month with something to the last.
function shownMonths() {
  const all = monthsOf(figures.from, figures.to), there = figures.rows.map(row => row.month).sort();
  return all.length <= 36 || !there.length ? all.slice(0, 36) : monthsOf(there[0], there.at(-1));
}

function draw(parent, name, facts, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(facts)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  parent.append(element);
  return element;
}

const HIGH = 190, FOOT = 24, LEFT = 34;

function plot() {
  const root = $("months"), width = Math.max(240, root.clientWidth), months = shownMonths();
  const counts = months.map(month => LEVELS.map(level => sum(of(level).filter(row => row.month === month))));
  const most = Math.max(1, ...counts.map(added));
  root.replaceChildren(); root.setAttribute("viewBox", `0 0 ${width} ${HIGH + FOOT}`);
  root.setAttribute("aria-label", months.map((month, place) => `${month}: ${LEVELS.map((level, kind) => counts[place][kind] + " " + NAMES[level]).join(", ")}`).join("; "));
  for (const part of most > 1 ? [0, 0.5, 1] : [0, 1]) {
    const y = HIGH - part * (HIGH - 14);
    draw(root, "line", { x1: LEFT, x2: width, y1: y, y2: y });
    draw(root, "text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, Math.round(most * part));
  }
  const step = (width - LEFT) / months.length, every = Math.ceil(58 / step);
  months.forEach((month, place) => column(root, month, counts[place], { most, step, left: LEFT + place * step, named: place % every === 0 }));
}

function column(root, month, parts, { most, step, left, named }) {
  const wide = Math.min(44, step * 0.7), x = left + (step - wide) / 2;
  let foot = HIGH;
  LEVELS.forEach((level, place) => {
    const high = parts[place] / most * (HIGH - 14);
    foot -= high;
    if (high) draw(draw(root, "rect", { x, y: foot, width: wide, height: high, class: level, rx: 2 }), "title", {}, `${month}: ${parts[place]} ${NAMES[level]}`);
  });
  if (named) draw(root, "text", { x: left + step / 2, y: HIGH + 17, "text-anchor": "middle" }, month);
}

function bars(id, column, name) {
  const keys = [...new Set(figures.rows.map(row => row[column]))];
  const found = keys.map(key => ({ key, parts: LEVELS.map(level => sum(of(level).filter(row => row[column] === key))) })).sort((one, other) => total(other) - total(one));
  const most = Math.max(1, ...found.map(total));
  $(id).replaceChildren(...(found.length ? found.map(one => bar(name(one.key), one.parts, most)) : [make("p", "Nothing was found.", "soft")]));
}
const total = one => added(one.parts);

function bar(name, parts, most) {
  const row = make("div", "", "bar"), track = make("span", "", "track");
  parts.forEach((count, place) => { if (!count) return; const piece = make("i", "", LEVELS[place]); piece.style.width = count / most * 100 + "%"; piece.title = `${count} ${NAMES[LEVELS[place]]}`; track.append(piece); });
  row.append(make("span", name), track, make("b", added(parts)));
  return row;
}

function table() {
  const columns = ["month", "level", "category", "language", "path", "count"], head = make("tr");
  head.append(...columns.map(name => make("th", name)));
  $("rows").replaceChildren(head, ...figures.rows.map(row => { const line = make("tr"); line.append(...columns.map(name => make("td", plain(row[name])))); return line; }));
}

// Texts and lines.
const option = (value, text) => { const one = make("option", text); one.value = value; return one; };

async function fill() {
  const [texts, listed] = await Promise.all([json("/care/texts?language=en"), json("/admin/care/resources")]);
  lines = listed.resources;
  const codes = [...new Set(lines.map(one => one.country).filter(Boolean))].sort((one, other) => named("region", one).localeCompare(named("region", other)));
  $("language").replaceChildren(...texts.languages.map(code => option(code, `${named("language", code)} (${code})`)));
  $("country").replaceChildren(option("", "Not known"), ...codes.map(code => option(code, `${named("region", code)} (${code})`)));
  $("language").value = texts.language;
  tell(texts);
}

async function retell() { tell(await json("/care/texts?" + new URLSearchParams({ language: $("language").value, country: $("country").value }))); }

function tell(texts) {
  const parts = [...texts.texts.map(one => [one.level + ", " + plain(one.category), one.text, one.level]), ["follow-up", texts.follow_up], ["disclosure", texts.disclosure], ["in place of what a model said", texts.cut]];
  $("texts").replaceChildren(...parts.map(([title, text, level]) => words(title, text, level)));
  for (const one of $("texts").children) one.lang = texts.language;
  const here = lines.filter(one => (one.country || "") === (texts.country || ""));
  $("lines").replaceChildren(...here.map(line));
}

// Right to left where it is written so.
function spoken(text) { const root = make("p", text, "said"); root.dir = "auto"; return root; }

function words(title, text, level) {
  const root = make("details"), summary = make("summary", title, level ? "of " + level : "");
  root.append(summary, spoken(text));
  return root;
}

function line(one) {
  const item = make("li", "", one.hidden ? "gone" : ""), link = make("a", one.name);
  link.href = one.url; link.rel = "noreferrer"; link.target = "_blank";
  const facts = [one.phone, one.sms && one.sms !== one.phone ? "SMS " + one.sms : "", one.hours, one.languages.join(" "), one.categories.map(plain).join(", ")];
  item.append(one.url ? link : make("strong", one.name), make("span", facts.filter(Boolean).join(" · "), "soft"));
  if (one.hidden || one.origin === "operator") item.append(make("span", one.hidden ? "hidden by an operator" : "by an operator", "tag"));
  return item;
}

// The trial.
// For the country that is chosen above; the language alone names none.
async function look() {
  const before = $("before").value.split("\n").filter(text => text.trim()).slice(-3);
  const found = await json("/care/try", { method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": $("language").value }, body: JSON.stringify({ text: $("text").value, before, country: $("country").value }) });
  const facts = make("dl"), rows = [["Category", found.safety.category ? plain(found.safety.category) : "none"], ["What spoke", found.source || "nothing"], ["Language", found.language ? named("language", found.language) : "not known"]];
  if (found.unsure) rows.push(["Unsure", "a model is asked where there is one"]);
  if (found.score !== null) rows.push(["Score", found.score.toFixed(2)]);
  for (const [name, value] of rows) facts.append(make("dt", name), make("dd", value));
  $("verdict").replaceChildren(make("p", found.safety.level, "verdict " + found.safety.level), facts, ...(found.text ? [spoken(found.text)] : []));
  $("verdict").hidden = false;
}

$("who").onsubmit = told(() => { const token = $("token").value; $("token").value = ""; return open(token); });
$("leave").onclick = told(async () => { await visit.leave(); leave(); });
$("period").onsubmit = told(async () => show(await json("/care/report?" + period())));
$("download").onclick = told(download);
$("where").onchange = told(retell);
$("where").onsubmit = event => event.preventDefault();
$("trial").onsubmit = told(look);
let later = 0;
window.onresize = () => { clearTimeout(later); later = setTimeout(() => { if (figures) plot(); }, 100); };
if (visit.mayBe) told(() => open())(); else $("door").hidden = false;
