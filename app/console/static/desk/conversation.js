// A coaching topic in the playground: a talk from its greeting to its result, and what each answer took. A client of /api/v1/ai/coaching.
import { get, post } from "./api.js";
import { field, h, panel, tabs } from "./dom.js";
import { button, tell, told } from "./frame.js";
import { parameterForm } from "./parameters.js";
import { snippets } from "./requests.js";
import { cost, json, read } from "./results.js";

const COACHING = "/ai/coaching", LIVE = new Set(["active", "paused"]), LONGEST = 4000;

export function conversation(topic, schema) {
  const form = parameterForm(topic.parameters), log = h("div.said", { role: "log", tabindex: "0", "aria-label": "What was said" });
  const state = h("p.soft", { role: "status" }, "What is said is shown here."), result = h("div.read"), took = h("div");
  const words = h("textarea", { rows: "3", maxlength: String(LONGEST), required: true }), body = () => ({ topic_id: topic.topic_id, ...form.values() });
  let session = "";

  const once = () => ({ "Idempotency-Key": crypto.randomUUID?.() || String(Math.random()) });
  const line = (who, text) => { log.append(h("article" + (who === "You" ? ".mine" : ""), h("p.soft", who), h("p", text))); log.scrollTop = log.scrollHeight; };
  const helps = rows => (rows || []).length ? log.append(h("ul", rows.map(one => h("li", [one.name, one.phone || one.sms, one.hours].filter(Boolean).join(" · "))))) : null;

  function draw(found, ms) {
    session = found.session_id;
    const live = LIVE.has(found.status);
    state.textContent = live ? `Question ${found.turn} of at most ${found.max_turns}` : found.status === "completed" ? "It is done." : `It is ${found.status}.`;
    answer.hidden = !live; ways.hidden = !live;
    if (found.metadata) took.replaceChildren(...cost(found.metadata, ms).filter(Boolean));
    if (found.result) result.replaceChildren(tabs("Result", [["As it reads", () => h("div.read", read(found.result))], ["JSON", () => json(found.result)]]));
  }

  // A session of this topic that is live goes on: all that was said is shown.
  async function begin() {
    const began = performance.now(), given = body();
    state.textContent = "One moment…";
    try {
      const found = await post(COACHING + "/start", given, once()), { messages } = await get(COACHING + "/session", { session_id: found.session_id });
      log.replaceChildren(); result.replaceChildren();
      for (const one of messages) line(one.role === "user" ? "You" : "Coach", one.content);
      helps(found.resources); draw(found, performance.now() - began); words.focus();
    } catch (error) { state.textContent = ""; throw error; }
  }
  async function say() {
    const began = performance.now(), message = words.value.trim();
    state.textContent = "The coach is thinking…";
    try {
      const found = await post(COACHING + "/message", { session_id: session, message }, once());
      line("You", message); line("Coach", found.coach_message); words.value = "";
      helps(found.resources); draw(found, performance.now() - began);
    } catch (error) { state.textContent = "It was not answered: send it again."; throw error; }
  }
  const end = (way, text) => button(text, async () => { draw(await post(`${COACHING}/${way}`, { session_id: session }, once())); tell(""); }, way === "cancel" ? "small.grave" : "small");

  const answer = h("form.stack", { hidden: true, onsubmit: told(say) }, field("Your answer", words), h("div.row", h("button.primary", "Send")));
  const ways = h("div.row", { hidden: true }, end("complete", "Write down the result now"), end("cancel", "End it without one"));
  const start = h("form.stack", { onsubmit: told(begin) }, form.element, h("div.row", h("button.primary", "Begin, or go on")));
  const code = () => { const holder = h("div"), paint = () => { try { holder.replaceChildren(snippets(body(), COACHING + "/start")); } catch { /* the form says what is wrong */ } }; start.addEventListener("input", paint); paint(); return holder; };
  return [panel("Parameters", start), h("div.two", panel("Conversation", state, log, answer, ways, took, result), panel("Schema of the result", h("p.soft.mono", topic.response_model), json(schema))),
    panel("Behind it", h("p.soft", "It begins so; each answer goes to ", h("span.mono", `/api/v1${COACHING}/message`), " as ", h("span.mono", "{session_id, message}"), "."), code())];
}
