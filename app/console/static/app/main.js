// A person's own place: who is here, the frame around all views, and which view the address names.
import { enter, enterWith } from "./api.js";
import { button, dialog, doing, empty, fail, field, h, link, waiting } from "./dom.js";
import { icon } from "./icons.js";
import { follow } from "./live.js";
import { applyTheme } from "./theme.js";
import * as coach from "./coach.js";
import * as goals from "./goals.js";
import * as interviews from "./interviews.js";
import * as journal from "./journal.js";
import * as reminders from "./reminders.js";
import * as sessions from "./sessions.js";
import * as voice from "./voice.js";
import * as you from "./you.js";

const VIEWS = {
  coach: { name: "Coach", view: coach }, goals: { name: "Goals", view: goals }, journal: { name: "Journal", view: journal },
  sessions: { name: "Sessions", view: sessions }, voice: { name: "Voice", view: voice },
  interviews: { name: "Interviews", view: interviews }, reminders: { name: "Reminders", view: reminders }, you: { name: "You", view: you },
};
const FIRST = ["coach", "goals", "journal", "sessions"];  // on a phone the others are behind "More"
let current = { stop: null, number: 0 };

const wanted = () => {
  const [, name, ...rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  return { name: VIEWS[name] ? name : "coach", rest };
};

function navigation() {
  const item = name => h("a", { href: `#/${name}`, "data-view": name, class: FIRST.includes(name) ? "" : "later" }, icon(name), h("span", {}, VIEWS[name].name));
  const more = h("button", { type: "button", class: "more", onclick: showMore }, icon("more"), h("span", {}, "More"));
  return h("nav", { class: "rail", ariaLabel: "Places" }, link("/", h("img", { src: new URL("icon-192.png", import.meta.url).href, alt: "", width: 28, height: 28 }), h("span", {}, "Coachhouse")), Object.keys(VIEWS).map(item), more);
}

function showMore() {
  const { box } = dialog("More", h("nav", { class: "sheet", ariaLabel: "More places" }, Object.keys(VIEWS).filter(name => !FIRST.includes(name)).map(name =>
    h("a", { href: `#/${name}`, onclick: () => box.close() }, icon(name), VIEWS[name].name))));
}

function frame() {
  const skip = button("To the content", () => document.getElementById("main").focus(), "skip");
  const lost = h("div", { id: "lost", class: "lost", role: "status", hidden: navigator.onLine }, "You are offline. What you see may be old; it goes on by itself.");
  document.getElementById("app").replaceChildren(skip, navigation(), h("main", { id: "main", tabIndex: -1 }),
    h("div", { id: "toast", role: "status", "aria-live": "polite" }), h("div", { id: "heard", class: "unseen", role: "status", "aria-live": "polite" }), lost);
  addEventListener("online", () => { lost.hidden = true; });
  addEventListener("offline", () => { lost.hidden = false; });
}

async function route(person, moved) {
  const { name, rest } = wanted(), main = document.getElementById("main"), number = ++current.number;
  if (current.stop) current.stop();
  current.stop = null;
  for (const item of document.querySelectorAll(".rail [data-view]")) item.dataset.view === name ? item.setAttribute("aria-current", "page") : item.removeAttribute("aria-current");
  document.querySelector(".rail .more").classList.toggle("on", !FIRST.includes(name));
  document.title = `${VIEWS[name].name} · Coachhouse`;
  const root = h("div", { class: "view " + name });
  main.replaceChildren(root);
  const slow = setTimeout(() => { if (!root.childElementCount) root.append(waiting()); }, 150);
  try {
    const stop = await VIEWS[name].view.show(root, { person, rest, go: path => { location.hash = path; } });
    if (number === current.number) current.stop = stop || null; else if (stop) stop();
  } catch (error) {
    if (number === current.number) unable(root, error, person);
  } finally { clearTimeout(slow); }
  if (moved && number === current.number) main.querySelector("h1")?.focus();
  scrollTo(0, 0);
}

function unable(root, error, person) {
  if (error.name !== "AbortError" && !error.isTold) console.warn(error);
  const again = button("Try again", () => route(person), "primary");
  root.replaceChildren(empty(error.status === 404 ? "This is not here." : "This did not load.", error.message, again));
}

/** Where tokens come from elsewhere, and nobody has brought one. */
function door() {
  const token = h("input", { type: "password", autocomplete: "off", required: true });
  const open = doing(async () => {
    const person = await enterWith(token.value);
    if (person) start(person); else fail(Object.assign(new Error("This token is not valid here."), { isTold: true }));
  });
  document.getElementById("app").replaceChildren(h("main", { class: "door" }, h("h1", {}, "Who are you?"), h("p", {}, "Your product signs you in. To try this page by itself, paste a bearer token."),
    h("form", { onsubmit: open }, field("Bearer token", token), h("button", { class: "primary" }, "Go in")), h("div", { id: "toast", role: "status" })));
  token.focus();
}

function start(person) {
  frame();
  addEventListener("hashchange", () => route(person, true));
  route(person);
  follow();
  navigator.serviceWorker?.register("/app/worker.js", { scope: "/app" }).catch(() => {});
}

async function open() {
  applyTheme();
  try {
    const person = await enter();
    if (person) return start(person);
    if (document.body.dataset.accounts === "on") return location.assign("/auth/sign-in?return_to=/app");
    door();
  } catch (error) {
    document.getElementById("app").replaceChildren(h("main", { class: "door" }, empty("There is no connection.", "The page is here, but what is yours is not. It comes when the network does.", button("Try again", open, "primary"))));
    addEventListener("online", open, { once: true });
  }
}

open();
