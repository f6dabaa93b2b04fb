// A person's own data: a client of /api/v1/me. What the coach remembers is in memory.js.
"use strict";
const $ = id => document.getElementById(id);
const make = (name, text, kind) => { const element = document.createElement(name); if (text !== undefined) element.textContent = text; if (kind) element.className = kind; return element; };
const state = (text, kind) => { $("state").hidden = !text; $("state").textContent = text || ""; $("state").className = "state " + (kind || ""); };
const API = "/api/v1/me", EVERY = 1000;  // milliseconds between two looks at work in hand
const visit = new Visit("data");
let running = null, looking = 0;

const number = count => count.toLocaleString("en");
const moment = text => new Date(text).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"], step = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10)), value = bytes / 1024 ** step;
  return `${step && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

const failure = (status, body) => Object.assign(new Error(body.message || body.error || `The service answered ${status}.`), { status });

async function ask(method, path, body) {
  const headers = { ...visit.headers(method), ...(body ? { "Content-Type": "application/json" } : {}) };
  const response = await fetch(path.startsWith("/api/") ? path : API + path, { method, headers, body: body && JSON.stringify(body) });
  const found = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) throw failure(response.status, found);
  return found;
}

// Whatever a person does here: a failure is said where they look.
const told = work => async event => {
  if (event) event.preventDefault();
  try { state(""); await work(); } catch (error) { state(error.message, "bad"); $("state").scrollIntoView({ block: "nearest" }); if (error.status === 401) leave(); }
};

function leave() { clearTimeout(looking); visit.forget(); running = null; $("desk").hidden = true; $("door").hidden = false; $("token").focus(); }

async function open(token = "") {
  await visit.enter(token);
  show(await ask("GET", "/data"));
  $("token").value = ""; $("door").hidden = true; $("desk").hidden = false;
  await Promise.all([look(), offer(), remembered()]);
}

// Figures.
const GROUPS = {
  "Journal": ["journal_entries", "attachments"], "Goals and routines": ["goals", "milestones", "progress_updates", "goal_entry_links", "categories", "routines"],
  "Conversations": ["chat_sessions", "chat_messages", "chat_turns", "coaching_sessions", "coaching_messages", "conversations", "conversation_messages", "memory_facts", "realtime_sessions", "realtime_chats", "slide_decks", "slide_revisions"],
  "Insights": ["weekly_insights", "business_insights", "suggested_prompts", "topic_runs"], "Search": ["document_chunks"],
  "Use of models": ["model_calls"], "Imports and exports": ["imports", "import_skips", "import_files", "exports", "export_files"], "Work and events": ["jobs", "feed_events", "idempotency_keys"],
};
const REST = "Settings and the rest";
const groupOf = table => Object.keys(GROUPS).find(name => GROUPS[name].includes(table)) || REST;
const plain = name => name.replaceAll("_", " ");

function show(found) {
  const rows = Object.entries(found.counts), sums = {};
  for (const [table, count] of rows) { const sum = sums[groupOf(table)] ??= { count: 0, bytes: 0 }; sum.count += count; sum.bytes += found.sizes[table]; }
  $("size").textContent = size(found.bytes); $("count").textContent = number(rows.reduce((all, [, count]) => all + count, 0));
  const most = Math.max(1, ...Object.values(sums).map(sum => sum.bytes));
  const shown = [...Object.keys(GROUPS), REST].filter(name => sums[name]);
  $("groups").replaceChildren(...(shown.length ? shown.map(name => bar(name, sums[name], most)) : [make("p", "Nothing yet.", "soft")]));
  const head = make("tr"); head.append(...["table", "rows", "size"].map(name => make("th", name)));
  $("tables").replaceChildren(head, ...rows.map(([table, count]) => { const line = make("tr"); line.append(make("td", plain(table)), make("td", number(count)), make("td", size(found.sizes[table]))); return line; }));
  keeping(found.retention);
}

function bar(name, sum, most) {
  const row = make("div", undefined, "bar"), track = make("span", undefined, "track none"), piece = make("i");
  piece.style.width = Math.max(1, sum.bytes / most * 100) + "%"; track.append(piece);
  row.append(make("span", name), track, make("b", `${number(sum.count)} · ${size(sum.bytes)}`));
  return row;
}

const KINDS = { messages_days: "Messages with the coach", transcripts_days: "What was said aloud, and slides", audio_days: "Sounds", usage_days: "Records of the use of models", events_days: "Events of the event socket", traces_days: "How answers were made" };

function keeping(days) {
  $("retention").replaceChildren(...Object.entries(KINDS).flatMap(([kind, name]) => [make("dt", name), make("dd", days[kind] ? `${number(days[kind])} day${days[kind] === 1 ? "" : "s"}` : "until deleted")]));
}

// Work in hand: imports and exports are looked at while one of them runs.
const isOpen = one => one.status === "queued" || one.status === "running";

async function look() {
  clearTimeout(looking);
  const [{ imports }, { exports }] = await Promise.all([ask("GET", "/imports"), ask("GET", "/exports")]);
  const was = running, open = imports.find(isOpen);
  running = open ? open.id : null;
  listImports(imports); listExports(exports);
  if (was && !running) await arrived(was);
  if (open || exports.some(isOpen)) looking = setTimeout(told(look), EVERY);
}

async function arrived(id) {
  const done = await ask("GET", `/imports/${id}?limit=100`);
  told(async () => show(await ask("GET", "/data")))();
  if (done.error) state(done.error, "bad"); else if (done.status === "completed") state(`Imported: ${summary(done.counts)}.`, "good");
  const list = $("skipped").querySelector("ul");
  $("skipped").hidden = !done.skipped.length;
  $("skipped").querySelector("summary").textContent = `${number(done.counts.skipped)} not taken over`;
  list.replaceChildren(...done.skipped.map(one => { const item = make("li"); item.append(make("strong", one.item), make("span", one.reason, "soft")); return item; }));
}

const NAMES = { entries: ["entry", "entries"], goals: ["goal", "goals"], attachments: ["file", "files"], duplicates: ["there already", "there already"], skipped: ["not taken over", "not taken over"] };
const summary = counts => Object.entries(NAMES).filter(([name]) => counts[name] || name === "entries").map(([name, words]) => `${number(counts[name])} ${words[counts[name] === 1 ? 0 : 1]}`).join(", ");
const FORMATS = { dayone: "Day One", apple: "Apple Journal", journey: "Journey", jrnl: "jrnl", markdown: "Markdown", csv: "Table (CSV)", notion: "Notion", coachhouse: "Coachhouse" };

function progress(value, text) {
  $("run").hidden = text === undefined; $("send").disabled = text !== undefined;
  if (text === undefined) return;
  if (value === null) $("progress").removeAttribute("value"); else $("progress").value = value;
  $("told").textContent = text;
}

function listImports(all) {
  const open = all.find(isOpen);
  if (open) progress(open.progress || null, open.status === "queued" ? "It waits for a worker." : `${Math.round(open.progress * 100)} %: ${summary(open.counts)}`); else progress(0);
  $("imports").replaceChildren(...all.filter(one => !isOpen(one)).slice(0, 5).map(one => {
    const item = make("li"), facts = one.status === "completed" ? summary(one.counts) : one.error || (one.status === "cancelled" ? "taken back" : one.status);
    item.append(make("strong", FORMATS[one.format] || "A file"), make("span", `${moment(one.created_at)} · ${facts}`, "soft"));
    if (one.status === "completed" && (one.counts.entries || one.counts.goals)) item.append(button("Take it back", async () => { await ask("DELETE", `/imports/${one.id}`); await look(); show(await ask("GET", "/data")); }));
    return item;
  }));
}

function button(text, work) { const one = make("button", text, "small"); one.type = "button"; one.addEventListener("click", told(work)); return one; }

// An upload tells how far it is, which fetch does not.
function upload() {
  const form = new FormData(), request = new XMLHttpRequest();
  form.append("file", $("file").files[0]);
  if ($("format").value) form.append("format", $("format").value);
  return new Promise((done, failed) => {
    request.open("POST", API + "/imports"); for (const one of Object.entries(visit.headers("POST"))) request.setRequestHeader(...one); request.responseType = "json";
    request.upload.addEventListener("progress", event => progress(event.loaded / event.total, `Sending: ${size(event.loaded)} of ${size(event.total)}`));
    request.addEventListener("load", () => request.status < 300 ? done(request.response) : failed(failure(request.status, request.response || {})));
    request.addEventListener("error", () => failed(new Error("The file could not be sent.")));
    request.addEventListener("abort", () => failed(new Error("The file was not sent.")));
    $("stop").onclick = () => request.abort();
    request.send(form);
  });
}

async function bring() {
  $("skipped").hidden = true;
  progress(0, "Sending");
  try { running = (await upload()).id; $("import").reset(); } catch (error) { progress(0); throw error; }
  $("stop").onclick = null;
  await look();
}

async function stop() { if (!running) return; const id = running; running = null; await ask("DELETE", `/imports/${id}`); await look(); state("The import was called off; nothing of it is kept."); }

// Exports.
function listExports(all) {
  const open = all.some(isOpen);
  $("export").disabled = open; $("making").textContent = open ? "It is being made. You may leave the page." : "";
  $("exports").replaceChildren(...all.filter(one => !isOpen(one)).map(one => {
    const item = make("li"), link = make("a", "Download");
    item.append(make("strong", moment(one.created_at)));
    if (one.url) { link.href = one.url; item.append(make("span", `${size(one.bytes)}, until ${moment(one.expires_at)}`, "soft"), link, " ", button("Delete", async () => { await ask("DELETE", `/exports/${one.id}`); await look(); })); }
    else item.append(make("span", "It could not be made.", "soft"));
    return item;
  }));
}

// Erasure, where the service has it.
const fate = $("fate").textContent;
async function offer() {
  const response = await fetch(API, { method: "OPTIONS" });
  $("erasing").hidden = !(response.headers.get("Allow") || "").includes("DELETE");
  doomed(JSON.parse(sessionStorage.getItem("data erasure") || "null"));
}

function doomed(erasure) {
  if (erasure) sessionStorage.setItem("data erasure", JSON.stringify(erasure)); else sessionStorage.removeItem("data erasure");
  $("fate").textContent = erasure ? `All of yours will be erased: ${moment(erasure.erase_at)}.` : fate;
  $("ask").hidden = Boolean(erasure); $("keep").hidden = !erasure;
}

async function erase() {
  $("sure").close();
  try {
    const { confirmation } = await ask("DELETE", "");
    doomed(await ask("DELETE", "?" + new URLSearchParams({ confirmation })));
    $("keep").focus();
  } catch (error) { if (error.status === 404 || error.status === 405) $("erasing").hidden = true; throw error; }
}

async function keep() { await ask("POST", "/erasure/cancel"); doomed(null); state("Nothing will be erased.", "good"); $("ask").focus(); }

for (const [value, text] of Object.entries(FORMATS)) { const one = make("option", text); one.value = value; $("format").append(one); }
$("who").addEventListener("submit", told(() => open($("token").value)));
$("leave").addEventListener("click", told(async () => { await visit.leave(); leave(); }));
$("import").addEventListener("submit", told(bring));
$("stop").addEventListener("click", told(stop));
$("export").addEventListener("click", told(async () => { await ask("POST", "/exports", {}); await look(); }));
$("ask").addEventListener("click", () => { $("word").value = ""; $("yes").disabled = true; $("sure").showModal(); $("word").focus(); });
$("word").addEventListener("input", () => { $("yes").disabled = $("word").value.trim().toLowerCase() !== "erase"; });
$("no").addEventListener("click", () => $("sure").close());
$("confirm").addEventListener("submit", told(async () => { if (!$("yes").disabled) await erase(); }));
$("keep").addEventListener("click", told(keep));
if (visit.mayBe) told(() => open())(); else $("door").hidden = false;
