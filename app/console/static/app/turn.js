// One turn of a conversation: what was said, the answer as it is written, and what stands beside it.
import { once, post, stream } from "./api.js";
import { announce, button, doing, h, shown } from "./dom.js";
import { icon } from "./icons.js";
import { help } from "./care.js";
import { proposal } from "./proposals.js";
import { sources } from "./sources.js";
import { written } from "./text.js";

export const mine = message => h("article", { class: "said mine", ariaLabel: "You said" }, h("p", {}, message.content));

/** An answer of the coach: its words may still grow. */
export class Answer {
  constructor({ content = "", context, proposals, status, timestamp } = {}) {
    this.text = content;
    this.words = h("div", { class: "words" });
    this.beside = h("div", { class: "beside" });
    this.note = h("p", { class: "note soft" });
    this.element = h("article", { class: "said coach", ariaLabel: "The coach said" }, this.words, this.beside, this.note);
    if (content) this.draw();
    if (status && status !== "complete") this.say(status === "cancelled" ? "You stopped this answer." : "This answer was cut off.");
    this.add((proposals || []).map(proposal), sources(context));
    if (timestamp) this.element.title = `${shown(timestamp)}, ${shown(timestamp, "time")}`;
  }

  draw() { this.drawing = 0; this.words.replaceChildren(...written(this.text)); }
  say(text, ...more) { this.note.replaceChildren(text, ...more); }
  add(...more) { this.beside.append(...more.flat().filter(Boolean)); }

  grow(piece) {
    this.text += piece;
    this.drawing ||= requestAnimationFrame(() => this.draw());
  }

  restart() { this.text = ""; this.beside.replaceChildren(); this.note.replaceChildren(); this.words.replaceChildren(dots()); }
  finish() { cancelAnimationFrame(this.drawing); this.draw(); }
}

const dots = () => h("p", { class: "dots", ariaLabel: "The coach is thinking" }, h("i"), h("i"), h("i"));

/** Follows a turn to its end. `facts` is the request; `tell` hears of the session that it belongs to. */
export async function follow(answer, facts, { signal, tell = () => {}, retry }) {
  const root = answer.element, again = { method: "GET", path: "" };
  const state = { shown: new Set(), lost: false };
  answer.restart();
  root.setAttribute("aria-busy", "true");
  const onlost = lost => { if (lost !== state.lost) answer.say(lost ? "The connection is lost. This goes on when it is back." : ""); state.lost = lost; };
  try {
    for await (const event of stream(facts.method, facts.path, { body: facts.body, headers: facts.headers, signal, again: facts.method === "POST" ? again : null, onlost })) {
      if (event.type === "start") { again.path = `/api/v1/chat/session/${event.sessionId}/stream`; tell(event); }
      take(answer, event, state, retry);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    answer.finish();
    failed(answer, error.message, error.status !== 404, retry);
  } finally { root.removeAttribute("aria-busy"); }
}

function take(answer, event, { shown: known }, retry) {
  if (event.type === "content") answer.grow(event.content);
  if (event.type === "proposal") propose(answer, [event.proposal], known);
  if (event.type === "error") { answer.finish(); failed(answer, event.message, event.retryable, retry); }
  if (event.type === "end") { answer.finish(); ended(answer, event, known); }
}

function propose(answer, all, known) {
  for (const one of all || []) if (!known.has(one.id)) { known.add(one.id); answer.add(proposal(one)); }
}

function ended(answer, event, known) {
  const told = event.metadata || {};
  answer.say(event.cancelled ? "You stopped this answer." : told.disclosure || "");
  propose(answer, event.proposals, known);
  answer.add(help(told), sources(told.context));
  if (told.safety?.level === "crisis") answer.element.classList.add("grave");
  if (!answer.text) answer.words.replaceChildren();
  announce(answer.text || "The answer was stopped.");
}

function failed(answer, text, retryable, retry) {
  if (!answer.text) answer.words.replaceChildren();
  answer.say(text + " ", retry && retryable && button("Try again", retry, "small"));
  announce(text);
}

export const asking = (message, sessionId, personalityId) => ({
  method: "POST", path: "/api/v1/chat/message/stream", body: { message, actions: true, ...(sessionId && { sessionId }), ...(personalityId && { personalityId }) }, ...once(),
});
export const following = sessionId => ({ method: "GET", path: `/api/v1/chat/session/${sessionId}/stream` });
export const stop = sessionId => post(`/api/v1/chat/session/${sessionId}/cancel`);

/** Where one writes: grows with its words; Enter sends, Shift+Enter makes a line. */
export function composer({ label, onsend, onstop, placeholder = "" }) {
  const text = h("textarea", { rows: 1, placeholder, ariaLabel: label, maxLength: 10000, enterKeyHint: "send" });
  const send = h("button", { class: "round primary", ariaLabel: "Send" }, icon("send"));
  const halt = h("button", { type: "button", class: "round", ariaLabel: "Stop the answer", hidden: true, onclick: doing(() => onstop()) }, icon("stop"));
  const fit = () => { text.style.height = "auto"; text.style.height = Math.min(220, text.scrollHeight) + "px"; };
  const submit = event => {
    event?.preventDefault();
    const words = text.value.trim();
    if (!words || !halt.hidden) return;
    text.value = ""; fit(); onsend(words);
  };
  text.addEventListener("input", fit);
  text.addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event); });
  const form = h("form", { class: "composer", onsubmit: submit }, text, halt, send);
  const busy = on => { halt.hidden = !on || !onstop; send.hidden = on && Boolean(onstop); };
  return { form, text, busy, write: words => { text.value = words; fit(); text.focus(); } };
}
