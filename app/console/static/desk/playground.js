// The playground: topics as forms; results beside their schemas; requests as code. A client of /api/v1/ai.
import { ask, get, post, remove } from "./api.js";
import { conversation } from "./conversation.js";
import { field, h, panel, plain, select, tabs } from "./dom.js";
import { begin, button, frame, heading, show, tell, told } from "./frame.js";
import { parameterForm } from "./parameters.js";
import { snippets } from "./requests.js";
import { cost, json, prompts, read } from "./results.js";

let me = null, every = [], shown = 0;
const ENDED = new Set(["completed", "failed", "cancelled"]), PAUSES = [300, 500, 800, 1200, 2000];  // milliseconds between two looks
const wait = ms => new Promise(done => setTimeout(done, ms));
const at = id => "#" + encodeURIComponent(id);
const chosen = () => decodeURIComponent(location.hash.slice(1)) || every[0].topic_id;

const list = h("nav.list", { "aria-label": "Topics" }), pick = select({ "aria-label": "Topic", onchange: () => { location.hash = at(pick.value); } }, []);
const search = h("input", { type: "search", placeholder: "Search topics", "aria-label": "Search topics", oninput: () => fill() });

function fill() {
  const fitting = every.filter(one => `${one.topic_id} ${one.name} ${one.description}`.toLowerCase().includes(search.value.toLowerCase())), groups = Map.groupBy ? Map.groupBy(fitting, one => one.category) : grouped(fitting);
  list.replaceChildren(...[...groups].flatMap(([category, topics]) => [h("h2", plain(category)), h("ul.topics", topics.map(one => h("li", h("a", { href: at(one.topic_id), "aria-current": one.topic_id === chosen() ? "page" : null }, one.name))))]));
}

function grouped(topics) { const found = new Map(); for (const one of topics) found.set(one.category, [...(found.get(one.category) || []), one]); return found; }

async function route() {
  const mine = ++shown, topic = every.find(one => one.topic_id === chosen());
  fill();
  if (!topic) { show("Playground", picker(), heading("No such topic", "Choose another one.")); return; }
  pick.value = topic.topic_id;
  const schema = await get("/ai/schemas/" + encodeURIComponent(topic.response_model));
  if (mine !== shown) return;
  if (topic.topic_type === "coaching") show(topic.name, picker(), top(topic), conversation(topic, schema)); else place(topic, schema);
}

const top = topic => heading(topic.name, topic.description, me.role === "operator" ? h("a.button", { href: "/admin#topics/" + topic.topic_id }, "Its prompts") : null);
const picker = () => h("div.pick", field("Topic", pick, { kind: "grow" }));

function place(topic, schema) {
  const form = parameterForm(topic.parameters), outcome = h("div", { style: { display: "contents" } }), stop = h("div.row");
  const told_of = h("p.soft", { role: "status" });
  const shell = (...inner) => outcome.replaceChildren(h("div.two", panel("Result", inner), panel("Schema", h("p.soft.mono", topic.response_model), json(schema))));
  const body = () => ({ topic_id: topic.topic_id, parameters: form.values() });

  function answered(found, ms) {
    told_of.textContent = "";
    shell(...cost(found.metadata || {}, ms).filter(Boolean), tabs("Result", [["As it reads", () => h("div.read", read(found.data))], ["JSON", () => json(found.data)]]));
  }
  async function timed(work) {
    const began = performance.now(), tick = setInterval(() => { told_of.textContent = `It is being made: ${((performance.now() - began) / 1000).toFixed(0)} s`; }, 1000);
    told_of.textContent = "It is being made.";
    try { return await work(began); } finally { clearInterval(tick); told_of.textContent = ""; stop.replaceChildren(); }
  }
  const run = told(() => timed(async began => answered(await post("/ai/execute", body()), performance.now() - began)));
  const later = () => timed(async began => {
    const job = (await post("/ai/execute-async", body())).data.jobId, path = "/ai/jobs/" + job;
    stop.replaceChildren(button("Cancel", () => remove(path), "small.grave"));
    for (let look = 0; ; look++) {
      await wait(PAUSES[Math.min(look, PAUSES.length - 1)]);
      const { data } = await get(path);
      if (!ENDED.has(data.status)) continue;
      if (data.status === "completed") answered({ data: data.result, metadata: data.metadata }, performance.now() - began);
      else tell(data.status === "cancelled" ? "It was cancelled." : data.error || "It failed.", "bad");
      return;
    }
  });
  const seen = h("div");
  const promptView = () => h("div", { style: { display: "flex", "flex-direction": "column", gap: ".8rem" } }, h("p.soft", "With your own tenant's data; no model is asked."), h("div.row", button("Show the prompt", async () => { const found = await post(`/admin/topics/${topic.topic_id}/dry-run`, { parameters: form.values() }); seen.replaceChildren(prompts(found.prompts)); }, "small")), seen);
  const code = () => { const holder = h("div"), paint = () => { try { holder.replaceChildren(snippets(body())); } catch { /* the form says what is wrong */ } }; formElement.addEventListener("input", paint); paint(); return holder; };
  const formElement = h("form.stack", { onsubmit: run }, form.element, h("div.row", h("button.primary", "Run"), button("Run in the background", () => { if (formElement.reportValidity()) return later(); }), stop), told_of);

  shell(h("p.empty", "What comes of it is shown here."));
  show(topic.name, picker(), top(topic),
    panel("Parameters", formElement), outcome, panel("Behind it", tabs("Behind it", [["The request as code", code], ...(me.role === "operator" ? [["The prompt as the model sees it", promptView]] : [])])));
}

begin({
  title: "Play with topics.", lead: "Every topic as a form: its result beside its schema, its request as code.", hint: "flask token --user … --tenant …", demo: "token", admits: () => true,
  open: async found => {
    me = found;
    every = (await ask("GET", "/api/v1/ai/topics?kind=all")).sort((one, other) => one.category.localeCompare(other.category) || one.name.localeCompare(other.name));
    pick.replaceChildren(...every.map(one => h("option", { value: one.topic_id }, one.name)));
    frame(me, "playground", h("div.search", search), list);
    window.onhashchange = () => route();
    return route();
  },
});
