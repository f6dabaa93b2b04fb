// The test console: a client of /api/agents, /api/sessions and /ws/chat/, and of nothing else.
"use strict";
const $ = id => document.getElementById(id);
const COLUMNS = { jaw: 0, funnel: 1, close: 2, pucker: 3, stretchLeft: 12, stretchRight: 13 };
let socket = null, asked = null, answer = null, queue = [], playing = null, recorder = null, held = false;

const state = (text, kind) => { $("state").textContent = text; $("state").className = "state " + (kind || ""); };
const headers = () => ({ Authorization: "Api-Key " + $("key").value.trim(), "Content-Type": "application/json" });

async function api(path, options = {}) {
  const response = await fetch(path, { ...options, headers: headers() });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.message || response.statusText);
  return body;
}

async function loadAgents() {
  try {
    const page = await api("/api/agents/?page_size=100");
    $("agent").replaceChildren(...page.results.map(a => new Option(a.name, a.bot_id)));
    $("connect").disabled = !page.results.length;
    state(page.results.length ? page.results.length + " agents" : "This tenant has no agents", page.results.length ? "" : "bad");
  } catch (error) { state(error.message, "bad"); }
}

async function connect(event) {
  event.preventDefault();
  if (socket) socket.close();
  socket = null;
  quiet();
  enable(false);
  try {
    const session = await api("/api/sessions/", { method: "POST", body: JSON.stringify({ bot_id: $("agent").value }) });
    const url = new URL("/ws/chat/", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    for (const [name, value] of Object.entries({ bot_id: session.bot_id, thread_id: session.thread_id, website_language: "en", api_key: $("key").value.trim() })) url.searchParams.set(name, value);
    const opened = socket = new WebSocket(url);
    opened.onmessage = message => { if (opened === socket) hear(JSON.parse(message.data)); };
    opened.onclose = end => { if (opened !== socket) return; state("Closed (" + end.code + ")", end.code === 1000 ? "" : "bad"); enable(false); };
  } catch (error) { state(error.message, "bad"); }
}

const enable = on => ["text", "send", "record", "stop"].forEach(id => { $(id).disabled = !on; });
const send = frame => { if (socket && socket.readyState === 1) { socket.send(JSON.stringify(frame)); show("→", frame); } };

function show(arrow, frame) {
  const short = JSON.stringify(frame, (name, value) => typeof value === "string" && value.length > 120 ? value.slice(0, 60) + "… " + value.length + " characters" : name === "viseme" || name === "viseme_times" ? "[" + value.length + " rows]" : value);
  const lines = ($("frames").textContent + arrow + " " + short + "\n").split("\n").slice(-120);
  $("frames").textContent = lines.join("\n");
  $("frames").scrollTop = $("frames").scrollHeight;
}

function line(kind, text) {
  const item = document.createElement("li"), words = document.createElement("span"), feelings = document.createElement("small");
  item.className = kind;
  words.textContent = text;
  item.append(words, feelings);
  $("log").append(item);
  $("log").scrollTop = $("log").scrollHeight;
  return { words, feelings };
}

const events = {
  connected: () => { state("Connected", "good"); enable(true); $("text").focus(); },
  text_query: frame => { asked = line("you", frame.text); answer = null; },
  response_start: () => { answer = line("coach", ""); quiet(); },
  emotion: frame => feel(asked, [frame.emotion]),
  text_token: frame => { (answer = answer || line("coach", "")).words.textContent += frame.token; $("log").scrollTop = $("log").scrollHeight; },
  text_sentence: frame => feel(answer, frame.emotion.items),
  audio_response: frame => { queue.push(frame); play(); },
  slides_response: frame => slides(frame.slides),
  response_done: frame => { $("timings").textContent = Object.entries(frame.timings).map(([name, value]) => name + " " + value).join(" · "); },
  error: frame => line("error", frame.message),
};

function hear(frame) {
  show("←", frame);
  (events[frame.type] || (() => {}))(frame);
}

function feel(said, items) {
  const strongest = items.reduce((a, b) => (b.intensity > a.intensity ? b : a));
  const name = strongest.intensity > 1 ? strongest.name + " ×" + strongest.intensity : "";
  $("feeling").textContent = name;
  if (said && name) said.feelings.textContent += (said.feelings.textContent ? " · " : "") + name;
}

function play() {
  if (playing || !queue.length) return;
  const frame = queue.shift();
  if (!frame.audio) return play();
  const sound = new Audio("data:audio/" + frame.audio_format + ";base64," + frame.audio);
  playing = { sound, frame };
  sound.onended = sound.onerror = () => { playing = null; draw([]); play(); };
  sound.play().then(animate).catch(() => { playing = null; play(); });
}

function animate() {
  if (!playing) return;
  const { sound, frame } = playing, times = frame.viseme_times;
  const scale = sound.duration && times.length ? times[times.length - 1] / sound.duration : 1;
  const at = sound.currentTime * scale;
  let low = 0, high = times.length - 1;
  while (low < high) { const middle = (low + high + 1) >> 1; if (times[middle] <= at) low = middle; else high = middle - 1; }
  draw(frame.viseme[low] || []);
  requestAnimationFrame(animate);
}

function draw(row) {
  const value = name => row[COLUMNS[name]] || 0;
  const open = Math.max(0, value("jaw") - value("close") * 0.6) * 46;
  const round = Math.max(value("pucker"), value("funnel"));
  const half = 62 - round * 34 + (value("stretchLeft") + value("stretchRight")) * 8;
  const left = 100 - half, right = 100 + half, up = 60 - open * 0.5, down = 60 + open;
  const path = `M ${left} 60 Q 100 ${up - 10} ${right} 60 Q 100 ${down + 10} ${left} 60 Z`;
  $("lips").setAttribute("d", path);
  $("inside").setAttribute("d", open > 2 ? `M ${left + 9} 60 Q 100 ${up} ${right - 9} 60 Q 100 ${down} ${left + 9} 60 Z` : "");
}

function quiet() { queue = []; if (playing) { playing.sound.pause(); playing = null; } draw([]); }

// the text of a block is HTML, with inline marks
function written(html) { return new DOMParser().parseFromString(html, "text/html").body.textContent; }

function slides(deck) {
  const root = document.createElement("article");
  const version = document.createElement("p");
  version.className = "soft";
  version.textContent = "Version " + deck.version;
  root.append(version);
  for (const block of deck.editorjs.blocks) {
    const names = { header: "h" + Math.min(4, (block.data.level || 2) + 1), paragraph: "p", list: "ul" };
    const element = document.createElement(names[block.type] || "p");
    if (block.type === "list") element.append(...block.data.items.map(text => { const item = document.createElement("li"); item.textContent = written(text.content || text); return item; }));
    else element.textContent = written(block.data.text || "");
    root.append(element);
  }
  $("slides").replaceChildren(root);
}

async function record() {
  if (held) return;
  held = true;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null);
  if (!stream) return line("error", "No microphone");
  if (!held) return stream.getTracks().forEach(track => track.stop()); // let go while the browser was still asking
  const parts = [];
  recorder = new MediaRecorder(stream);
  recorder.ondataavailable = event => parts.push(event.data);
  recorder.onstop = () => {
    stream.getTracks().forEach(track => track.stop());
    const reader = new FileReader();
    reader.onload = () => send({ type: "audio_query", audio: reader.result, format: "webm", muteAudio: $("mute").checked });
    reader.readAsDataURL(new Blob(parts, { type: recorder.mimeType }));
  };
  recorder.start();
  $("record").setAttribute("aria-pressed", "true");
}

function finish() {
  held = false;
  if (recorder && recorder.state === "recording") recorder.stop();
  $("record").setAttribute("aria-pressed", "false");
}

async function ask(event) {
  event.preventDefault();
  const method = $("method").value, body = method === "GET" || method === "DELETE" ? undefined : $("body").value || "{}";
  const began = performance.now();
  try {
    const { pathname, search } = new URL($("path").value, location.origin);
    const response = await fetch(pathname + search, { method, body, headers: headers() });
    const text = await response.text();
    const took = Math.round(performance.now() - began);
    $("reply").textContent = response.status + " " + response.statusText + " · " + took + " ms\n" + pretty(text);
  } catch (error) { $("reply").textContent = error.message; }
}

function pretty(text) { try { return JSON.stringify(JSON.parse(text), null, 2); } catch (error) { return text; } }

$("rest").onsubmit = ask;
$("load").onclick = loadAgents;
$("who").onsubmit = connect;
$("say").onsubmit = event => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text) send({ type: "text_query", text, local_time: new Date().toLocaleString(), muteAudio: $("mute").checked });
  $("text").value = "";
};
$("mute").onchange = () => { send({ type: $("mute").checked ? "mute_audio" : "unmute_audio" }); if ($("mute").checked) quiet(); };
$("stop").onclick = () => { send({ type: "stop_audio" }); quiet(); };
const isPress = event => event.key === " " || event.key === "Enter";
$("record").onkeydown = event => { if (isPress(event)) { event.preventDefault(); record(); } };
$("record").onkeyup = event => { if (isPress(event)) finish(); };
$("record").onblur = finish;
$("record").onpointerdown = record;
$("record").onpointerup = $("record").onpointerleave = finish;
draw([]);
const given = new URLSearchParams(location.hash.slice(1));
if (given.get("key")) { $("key").value = given.get("key"); history.replaceState(null, "", location.pathname); loadAgents(); }
fetch("/health").then(response => response.json()).then(({ speech }) => {
  $("ear").textContent = speech.approximate ? "Recordings are heard by " + speech.ear + ": a rough guess at what was said." : "";
}).catch(() => {});
