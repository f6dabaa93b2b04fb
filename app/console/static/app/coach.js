// Conversations: the list of them, one of them, and a good way to begin.
import { api, get } from "./api.js";
import { away, button, dialog, doing, fail, field, h, link, soft, sure, toast } from "./dom.js";
import { icon } from "./icons.js";
import { Answer, asking, composer, follow, following, mine, stop } from "./turn.js";

const CHAT = "/api/v1/chat";

export async function show(root, { rest, person }) {
  const work = new AbortController();
  const view = new Conversation(root, rest[0] === "new" ? "" : rest[0] || "", person, work.signal, rest[0] === "new" ? rest[1] : "");
  await view.open();
  return () => { work.abort(); view.closed = true; };
}

class Conversation {
  constructor(root, id, person, signal, words) {
    Object.assign(this, { root, id, person, signal, words, coach: "", closed: false });
    this.log = h("div", { class: "log", tabIndex: 0, role: "log", "aria-live": "off", ariaLabel: "Conversation", onwheel: () => { this.follows = false; }, ontouchmove: () => { this.follows = false; } });
    this.list = h("nav", { class: "past", ariaLabel: "Conversations" });
    this.title = h("h1", { tabIndex: -1 }, id ? "Conversation" : greeting(person));
    this.who = h("select", { ariaLabel: "Who coaches you", onchange: () => { this.coach = this.who.value; } });
    this.write = composer({ label: "Your message", placeholder: "What is on your mind?", onsend: words => this.say(words), onstop: () => stop(this.id) });
  }

  async open() {
    const found = this.id ? await get(`${CHAT}/session/${this.id}`) : null;
    const tools = h("div", { class: "tools" }, button(icon("list"), () => this.showPast(), "round narrow", { ariaLabel: "All conversations" }),
      found && button(icon("pen"), doing(() => this.rename()), "round", { ariaLabel: "Rename" }), found && button(icon("trash"), doing(() => this.remove()), "round", { ariaLabel: "Delete this conversation" }),
      found && h("a", { href: "#/coach", class: "round", ariaLabel: "A new conversation" }, icon("plus")));
    this.head = h("header", { class: "top" }, this.title, tools);
    this.root.replaceChildren(h("aside", { class: "list" }, h("a", { href: "#/coach", class: "new" }, icon("plus"), "New conversation"), this.list),
      h("section", { class: "talk" }, this.head, this.log, h("footer", {}, this.write.form, h("div", { class: "under" }, this.who, soft("Answers come from a machine.")))));
    if (found) this.fill(found); else this.begin();
    this.coaches(found?.personality_id).catch(fail);
    this.past().catch(fail);
    if (matchMedia("(pointer: fine)").matches) this.write.text.focus();
    if (this.words) this.write.write(this.words);
  }

  fill(found) {
    this.title.textContent = found.title;
    if (found.has_more) this.log.append(button("Earlier messages", doing(() => this.earlier(found.next_before)), "plain earlier"));
    this.log.append(...found.messages.map(shownAs));
    const last = found.messages.at(-1);
    if (last?.role === "user") this.hear(following(this.id), last.content);
    this.toEnd();
  }

  async earlier(before) {
    const found = await get(`${CHAT}/session/${this.id}?before=${before}`), first = this.log.firstChild;
    first.replaceWith(...(found.has_more ? [button("Earlier messages", doing(() => this.earlier(found.next_before)), "plain earlier")] : []), ...found.messages.map(shownAs));
  }

  begin() {
    const chips = h("div", { class: "chips" });
    this.log.append(h("div", { class: "begin" }, h("p", { class: "lead" }, "Tell your coach what moves you. It knows your goals and your journal, and asks good questions."), chips));
    get(`${CHAT}/prompts`, { signal: this.signal }).then(({ prompts }) => chips.append(...prompts.slice(0, 4).map(one => button(one.text, () => this.say(one.text), "chip")))).catch(() => {});
    get("/api/v1/goals/counts", { signal: this.signal }).then(({ total }) => total || chips.prepend(h("a", { class: "chip first", href: "#/goals/new" }, icon("goals"), "Set a first goal"))).catch(() => {});
  }

  say(words) {
    if (this.closed) return;
    this.log.querySelector(".begin")?.remove();
    this.root.classList.add("talking");
    this.log.append(mine({ content: words }));
    this.hear(asking(words, this.id, this.coach), words);
  }

  async hear(facts, words) {
    const answer = new Answer();
    this.log.append(answer.element);
    this.toEnd();
    this.write.busy(true);
    const watching = new ResizeObserver(() => this.keep(answer.element));
    watching.observe(answer.element);
    const retry = () => { answer.element.remove(); this.hear(asking(words, this.id, this.coach), words); };
    await follow(answer, facts, { signal: this.signal, retry, tell: event => this.known(event.sessionId) });
    watching.disconnect();
    if (this.closed) return;
    this.write.busy(false);
    this.past().catch(() => {});
  }

  /** A new conversation has its address from the first answer on, so that a reload comes back to it. */
  known(id) {
    if (this.id || this.closed) return;
    this.id = id;
    history.replaceState(null, "", `#/coach/${id}`);
  }

  toEnd() { this.log.scrollTop = this.log.scrollHeight; this.follows = true; }

  /** What grows stays in sight, as long as one has not scrolled away, and never past its own beginning. */
  keep(element) {
    if (!this.follows) return;
    this.kept = Math.min(this.log.scrollHeight - this.log.clientHeight, element.offsetTop - this.log.offsetTop - 8);
    this.log.scrollTop = this.kept;
  }

  async past() {
    const { sessions } = await get(`${CHAT}/sessions?limit=50`, { signal: this.signal });
    const rows = sessions.map(one => h("a", { href: `#/coach/${one.id}`, "aria-current": one.id === this.id ? "page" : null }, h("strong", {}, one.title), h("span", { class: "soft" }, away(one.updated_at))));
    this.list.replaceChildren(...rows.length ? rows : [soft("What you talk about is listed here.")]);
    const own = sessions.find(one => one.id === this.id);
    if (own) this.title.textContent = own.title;
  }

  showPast() {
    const { box } = dialog("Conversations", h("nav", { class: "past", ariaLabel: "Conversations", onclick: event => { if (event.target.closest("a")) box.close(); } }, link("#/coach", h("strong", {}, "New conversation")), ...[...this.list.children].map(one => one.cloneNode(true))));
  }

  async coaches(own) {
    const all = await get(`${CHAT}/personalities`, { signal: this.signal });
    const chosen = own || all.find(one => one.isDefault)?.id || "";
    this.who.append(...all.map(one => h("option", { value: one.id, selected: one.id === chosen }, one.name)));
    this.coach = own || "";
  }

  async rename() {
    const input = h("input", { value: this.title.textContent, maxLength: 200, required: true });
    const { box } = dialog("Rename", h("form", { onsubmit: doing(async () => {
      await api("PATCH", `${CHAT}/session/${this.id}/title`, { title: input.value });
      this.title.textContent = input.value; box.close(); await this.past();
    }) }, field("Title", input), h("div", { class: "row end" }, h("button", { class: "primary" }, "Save"))));
  }

  async remove() {
    if (!await sure("Delete this conversation?", "All that was said in it goes.", "Delete it")) return;
    await api("DELETE", `${CHAT}/session/${this.id}`);
    toast("Deleted.");
    location.hash = "#/coach";
  }
}

const shownAs = message => message.role === "user" ? mine(message) : new Answer(message).element;

function greeting(person) {
  const hour = new Date().getHours(), name = person.name ? `, ${person.name.split(" ")[0]}` : "";
  return `Good ${hour < 5 ? "evening" : hour < 12 ? "morning" : hour < 18 ? "afternoon" : "evening"}${name}.`;
}
