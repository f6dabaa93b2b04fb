// The interviews page: a client of /api/interviews and of nothing else.
"use strict";
const $ = id => document.getElementById(id);
const make = (name, text, kind) => { const element = document.createElement(name); if (text) element.textContent = text; if (kind) element.className = kind; return element; };
const state = (text, kind) => { $("state").hidden = !text; $("state").textContent = text; $("state").className = "state " + (kind || ""); };
const key = new URLSearchParams(location.hash.slice(1)).get("key") || "";
const headers = key ? { "X-API-Key": key } : {};
let source = null, shown = "", own = "";

async function json(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { ...headers, ...options.headers } });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.message || response.statusText), { status: response.status });
  return body;
}

// The address says what is shown: an interview, or the choice of one.
function route() {
  leave();
  shown = decodeURIComponent(location.pathname.split("/")[2] || "");
  if (shown) watch(shown); else offer().catch(error => state(error.message, "bad"));
}

const token = id => sessionStorage.getItem("stop " + id);  // of what was begun in this tab

function leave() { if (source) source.close(); source = null; $("retry").hidden = $("stop").hidden = true; }
function go(path) { history.pushState(null, "", path + location.hash); route(); }

async function offer() {
  $("choose").hidden = false; $("watch").hidden = $("insights").hidden = true; state("");
  const { personas } = await json("/api/interviews/personas");
  $("personas").replaceChildren(...personas.map(card));
}

function card(persona) {
  const button = make("button", "", "persona");
  button.type = "button";
  button.append(make("span", persona.avatar, "avatar"), make("strong", persona.name), make("span", persona.role + ", " + persona.industry, "soft"), make("span", persona.background.split(". ")[0].replace(/\.?$/, "."), "soft"));
  button.onclick = () => begin(persona.id);
  return button;
}

async function begin(personaId) {
  const cards = [...$("personas").children];
  cards.forEach(one => { one.disabled = true; });
  try {
    const body = { persona_id: personaId, problem: $("problem").value, solution: $("solution").value };
    const made = await json("/api/interviews/start", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    own = made.interviewId;
    sessionStorage.setItem("stop " + own, made.stopToken);
    go("/interviews/" + own);
  } catch (error) { state(error.message, "bad"); }
  cards.forEach(one => { one.disabled = false; });
}

function watch(id) {
  $("choose").hidden = true; $("watch").hidden = false; $("insights").hidden = true;
  $("log").replaceChildren(); $("share").href = "/interviews/" + id; $("share").textContent = location.origin + "/interviews/" + id;
  listen(id);
}

function listen(id) {
  leave();
  state("Listening…"); $("stop").hidden = !token(id);
  const heard = $("log").children.length;
  const query = new URLSearchParams({ ...(heard && { after: heard }), ...(key && { api_key: key }) });
  source = new EventSource("/api/interviews/" + encodeURIComponent(id) + "/stream?" + query);
  source.addEventListener("message", event => { say(JSON.parse(event.data).payload); state("Listening…"); });
  source.addEventListener("complete", () => { leave(); state("Complete. Reading what it shows…", "good"); understand(id); });
  source.addEventListener("error", event => {
    if (!event.data && source && source.readyState === EventSource.CONNECTING) return state("Connecting again…");
    leave();
    const end = event.data ? JSON.parse(event.data) : { message: "This interview can't be found" };
    state(end.message, "bad");
    $("retry").hidden = !end.error || end.error === "Interview stopped" || id !== own;
  });
}

function say(said) {
  const customer = said.agent === "customer";
  const item = make("li", "", customer ? "you" : "coach");
  item.append(make("span", customer ? "Customer" : "Interviewer", "who"), said.message);
  $("log").append(item); $("log").scrollTop = $("log").scrollHeight;
}

// The stream tells the end.
async function halt(id) {
  const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ stopToken: token(id) }) };
  try { await json("/api/interviews/" + id + "/stop", sent); } catch (error) { state(error.message, "bad"); }
}

async function again(id) {
  try { await json("/api/interviews/" + id + "/retry", { method: "POST" }); listen(id); } catch (error) { state(error.message, "bad"); }
}

async function understand(id, tries = 4) {
  try {
    const found = await json("/api/interviews/" + id + "/insights");
    if (shown !== id) return;
    state("Complete", "good");
    $("insights").replaceChildren(...pages(found)); $("insights").hidden = false;
  } catch (error) {
    if (shown !== id) return;
    if (error.status === 503 && tries > 1) return setTimeout(understand, 2000, id, tries - 1);
    state(error.message, "bad");
  }
}

const list = items => { const root = make("ul"); root.append(...items.map(text => make("li", text))); return root; };
function block(title, ...parts) { const root = make("section", "", "panel"); root.append(make("h3", title), ...parts); return root; }

function pages(found) {
  const mood = block(found.moodEmoji + " " + found.overallMood, make("p", found.summary));
  const cloud = make("p", "", "cloud");
  found.topicCloud.forEach((topic, place) => { const word = make("span", topic); word.style.fontSize = (1.5 - 0.06 * place) + "rem"; cloud.append(word, " "); });
  const themes = found.themes.map(theme => { const root = block(theme.theme, make("p", theme.emotionalTone + " · " + theme.underlyingNeed, "soft")); root.append(...theme.quotes.map(quote => make("blockquote", quote))); return root; });
  const grid = make("div", "", "grid"); grid.append(...themes);
  const verdict = block("Verdict: " + found.overallVerdict + " (" + found.confidenceScore + " %)", ...[["Problem", found.problemValidation], ["Market", found.marketValidation], ["Payment", found.paymentValidation]].map(([name, one]) => make("p", name + " " + one.score + "/10, " + one.label + ": " + one.reasoning)));
  const human = block("What moves them", make("h4", "Desires"), list(found.humanInsights.coreDesires), make("h4", "Fears and frustrations"), list(found.humanInsights.fearsOrFrustrations), make("h4", "Aspirations"), list(found.humanInsights.aspirations));
  const context = block("When and why", make("h4", "Felt"), list(found.contextualInsights.whenProblemFelt), make("h4", "Triggers"), list(found.contextualInsights.triggersMoments), make("h4", "What is in the way"), list(found.contextualInsights.preventionBarriers));
  const next = block("Opportunities and next steps", list(found.opportunityMap), make("h4", "Next"), list(found.nextSteps));
  const lower = make("div", "", "grid"); lower.append(human, context, next, verdict);
  return [make("h2", "What it shows"), mood, block("Emotional journey", journey(found.emotionalJourney)), block("Topics", cloud), make("h2", "Themes"), grid, lower];
}

function journey(phases) {
  const width = 900, step = width / Math.max(1, phases.length), space = "http://www.w3.org/2000/svg";
  const root = document.createElementNS(space, "svg");
  root.setAttribute("viewBox", `0 0 ${width} 170`); root.setAttribute("class", "journey"); root.setAttribute("role", "img");
  root.setAttribute("aria-label", phases.map(one => one.phase + ": " + one.emotion).join(", "));
  const points = phases.map((_, place) => [step * (place + 0.5), 62 + 22 * Math.sin(place * 1.7)]);
  const line = document.createElementNS(space, "polyline");
  line.setAttribute("points", points.map(point => point.join(",")).join(" ")); root.append(line);
  phases.forEach((one, place) => {
    const [x, y] = points[place];
    [[one.emoji, y - 14, 30], [one.phase, 128, 15], [one.emotion, 150, 13]].forEach(([text, top, size]) => {
      const label = document.createElementNS(space, "text");
      label.setAttribute("x", x); label.setAttribute("y", top); label.setAttribute("font-size", size); label.textContent = text.length > 26 ? text.slice(0, 25) + "…" : text; root.append(label);
    });
  });
  return root;
}

$("again").onclick = () => go("/interviews");
$("retry").onclick = () => again(shown);
$("stop").onclick = () => halt(shown);
$("idea").onsubmit = event => event.preventDefault();
window.onpopstate = route;
route();
