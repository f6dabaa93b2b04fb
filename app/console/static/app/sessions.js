// Coaching sessions: a talk with an aim, and what came of it.
import { get, once, post, stream } from "./api.js";
import { announce, away, button, doing, h, link, soft, sure } from "./dom.js";
import { help } from "./care.js";
import { icon } from "./icons.js";
import { Answer, composer, mine } from "./turn.js";

const COACHING = "/ai/coaching";
const SAID = { not_started: "Not begun", in_progress: "Under way", completed: "Done" };

export async function show(root, { rest, go }) {
  const work = new AbortController();
  if (rest[0]) await new Session(root, rest[0], work.signal).open(); else await offer(root, go);
  return () => work.abort();
}

async function offer(root, go) {
  const [{ topics }, found] = await Promise.all([get(`${COACHING}/topics`), get(`${COACHING}/sessions?include_completed=true&limit=50`)]);
  const begin = topic => doing(async () => {
    const made = await post(`${COACHING}/start`, { topic_id: topic.topic_id }, once());
    go(`#/sessions/${made.session_id}`);
  });
  const card = topic => h("article", { class: "card topic" }, h("span", { class: "kicker" }, SAID[topic.status]), h("h2", {}, topic.name), h("p", {}, topic.description),
    h("div", { class: "row" }, topic.status === "in_progress" ? h("a", { class: "button primary", href: `#/sessions/${topic.session_id}` }, "Go on") : button(topic.status === "completed" ? "Once more" : "Begin", begin(topic), topic.status === "completed" ? "" : "primary"),
      topic.status === "completed" && h("a", { href: `#/sessions/${topic.session_id}` }, "What came of it")));
  const done = found.sessions.filter(one => one.status === "completed");
  const names = Object.fromEntries(topics.map(topic => [topic.topic_id, topic.name]));
  root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Sessions")), h("p", { class: "lead" }, "A talk with an aim. It takes some minutes, can be paused, and ends with something to keep."), h("div", { class: "cards" }, topics.map(card)),
    done.length ? h("section", {}, h("h2", {}, "Before"), h("ul", { class: "plainlist" }, done.map(one => h("li", {}, link(`#/sessions/${one.session_id}`, names[one.topic_id] || one.topic_id), h("span", { class: "soft" }, ` ${away(one.completed_at || one.updated_at)}`))))) : "");
}

class Session {
  constructor(root, id, signal) {
    Object.assign(this, { root, id, signal });
    this.log = h("div", { class: "log", tabIndex: 0, role: "log", "aria-live": "off", ariaLabel: "Session" });
    this.state = h("div", { class: "way" });
    this.result = h("section", { class: "result" });
    this.tools = h("div", { class: "tools" });
    this.write = composer({ label: "Your answer", placeholder: "Take your time…", onsend: words => this.say(words) });
    this.write.text.maxLength = 4000;
  }

  async open() {
    const [found, { topics }] = await Promise.all([get(`${COACHING}/session?session_id=${this.id}`), get(`${COACHING}/topics`)]);
    const name = topics.find(topic => topic.topic_id === found.topic_id)?.name || "Session";
    this.foot = h("footer", {}, this.write.form, h("div", { class: "under" }, soft("Answers come from a machine.")));
    this.root.replaceChildren(h("section", { class: "talk" }, link("#/sessions", icon("back"), "Sessions"), h("header", { class: "top" }, h("h1", { tabIndex: -1 }, name), this.tools), this.state, this.result, this.log, this.foot));
    this.log.append(...found.messages.map(one => one.role === "user" ? mine(one) : new Answer(one).element));
    this.draw(found);
    const last = found.messages.at(-1);
    if (found.status === "active" && last?.role === "user") this.hear({ method: "POST", body: { session_id: this.id, message: last.content } });
    if (found.status === "active") this.write.text.focus();
    this.toEnd();
  }

  draw(found) {
    const share = Math.round(100 * found.estimated_completion), live = ["active", "paused"].includes(found.status);
    const label = { active: `Question ${found.turn} of at most ${found.max_turns}`, paused: "Paused", completed: "Done", cancelled: "Ended" }[found.status];
    this.state.replaceChildren(h("progress", { max: 100, value: share, ariaLabel: "How far this session is" }), h("span", { class: "soft" }, label));
    this.foot.hidden = found.status !== "active";
    this.root.classList.toggle("over", !live);
    const move = verb => doing(async () => { const told = await post(`${COACHING}/${verb}`, { session_id: this.id }); await this.moved(told, verb); });
    this.tools.replaceChildren(...[found.status === "active" && button("Pause", move("pause")), found.status === "paused" && button("Go on", move("resume"), "primary"),
      found.status === "active" && found.turn > 2 && button("Finish and sum up", move("complete"), "primary"), live && button(icon("trash"), doing(() => this.end()), "round", { ariaLabel: "End without a result" })].filter(Boolean));
    if (found.result) this.result.replaceChildren(h("h2", {}, "What came of it"), h("div", { class: "panel" }, told(found.result)), h("h2", {}, "What was said"));
  }

  async moved(found, verb) {
    this.draw({ ...found, result: found.result });
    if (verb === "resume" && found.coach_message) this.log.append(new Answer({ content: found.coach_message }).element);
    this.toEnd();
  }

  async end() {
    if (!await sure("End this session?", "It ends without a result. You can begin another one.", "End it")) return;
    await post(`${COACHING}/cancel`, { session_id: this.id });
    location.hash = "#/sessions";
  }

  say(words) {
    this.log.append(mine({ content: words }));
    this.hear({ method: "POST", body: { session_id: this.id, message: words }, ...once() });
  }

  async hear({ method, body, headers }) {
    const answer = new Answer(), lost = on => answer.say(on ? "The connection is lost. This goes on when it is back." : "");
    this.log.append(answer.element);
    answer.restart(); this.toEnd(); this.busy(true);
    try {
      for await (const event of stream(method, `${COACHING}/message/stream`, { body, headers, signal: this.signal, onlost: lost })) {
        if (event.type === "content") { answer.grow(event.content); this.toEnd(); }
        if (event.type === "end") this.ended(answer, event);
        if (event.type === "error") this.failed(answer, event.message, event.retryable, body);
      }
    } catch (error) {
      if (error.name !== "AbortError") this.failed(answer, error.message, true, body);
    } finally { this.busy(false); }
  }

  ended(answer, event) {
    answer.text ||= event.coach_message || event.data?.message || "";
    answer.finish();
    answer.add(help(event.metadata || {}));
    announce(answer.text);
    this.draw(event);
    this.toEnd();
  }

  failed(answer, text, retryable, body) {
    if (answer.text) answer.finish(); else answer.words.replaceChildren();
    answer.say(text + " ", retryable && button("Try again", () => { answer.element.remove(); this.hear({ method: "POST", body }); }, "small"));
  }

  busy(on) { this.write.form.querySelectorAll("button, textarea").forEach(one => { one.disabled = on; }); if (!on) this.write.text.focus(); }
  toEnd() { this.log.scrollTop = this.log.scrollHeight; }
}

const SPARED = new Set(["core_values", "insights", "recommendations"]);  // said twice, for older clients
const title = name => name.replaceAll("_", " ").replace(/^./, letter => letter.toUpperCase());

/** Any result, by its shape: a title for each part, lists of what is listed. */
function told(value, depth = 0) {
  if (Array.isArray(value)) return h("ul", { class: depth ? "" : "plainlist" }, value.map(item => h("li", {}, told(item, depth + 1))));
  if (value && typeof value === "object") return Object.entries(value).filter(([name, part]) => !SPARED.has(name) && part !== null && part !== "").map(([name, part]) => part && typeof part === "object" ? [h(depth ? "h4" : "h3", {}, title(name)), told(part, depth + 1)]
    : /^(name|title|value)$/.test(name) ? h("strong", { class: "line" }, String(part)) : depth ? h("p", {}, h("span", { class: "soft" }, title(name) + " "), String(part)) : [h("h3", {}, title(name)), h("p", {}, String(part))]);
  return String(value);
}
