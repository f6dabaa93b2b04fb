// What /admin and /playground share: the door, the frame around a page, and telling of what went wrong.
import { enter, hasDemo, hasSession, hasToken, onLeave, signOut } from "./api.js";
import { h } from "./dom.js";

export const page = h("main.page", { id: "page" });
const root = document.getElementById("desk");
let line = null;

export function tell(text, kind = "") {
  line?.remove();
  line = null;
  if (!text) return;
  line = h("p.state" + (kind ? "." + kind : ""), { role: kind === "bad" ? "alert" : "status" }, text);
  page.prepend(line);
}

// Whatever a person does: a failure is said where they look. The button can't be pressed twice meanwhile.
export const told = work => async event => {
  event?.preventDefault();
  const button = event?.submitter || event?.currentTarget, is = button instanceof HTMLButtonElement;
  if (is) button.disabled = true;
  try { tell(""); await work(event); } catch (error) { if (error.status !== 401) { tell(error.message, "bad"); line?.scrollIntoView({ block: "nearest" }); } }
  if (is) button.disabled = false;
};

export const button = (text, work, kind = "") => h("button" + (kind ? "." + kind : ""), { type: "button", onclick: told(work) }, text);

// `admits` says whether somebody may be here; `open` shows what is behind the door.
export async function begin({ title, lead, hint, demo, admits, refusal, open }) {
  onLeave(why => door(why));
  if (hasToken() || hasSession || hasDemo()) await come(); else door();

  async function come(token) {
    try {
      const me = await enter(token, demo);
      if (!admits(me)) throw Object.assign(new Error(refusal), { status: 403 });
      await open(me);
    } catch (error) {
      door(error.status === 401 && !token ? "" : error.message);
    }
  }

  function door(why = "") {
    const field = h("input", { id: "token", type: "password", autocomplete: "off", required: true, placeholder: hint });
    const form = h("form", { onsubmit: event => { event.preventDefault(); come(field.value); } }, h("label", "Token", field), h("button.primary", "Open"));
    const ways = document.body.dataset.accounts === "on" ? h("p", h("a", { href: "/auth/sign-in?return_to=" + location.pathname }, "Sign in with your account")) : null;
    const state = why ? h("p.state.bad", { role: "alert", id: "why" }, why) : null;
    root.replaceChildren(h("main.door", h("p.mark", h("a", { href: "/" }, "Coachhouse")), h("div", h("h1", title), h("p.soft", lead)), state, ways, h("section.panel", form)));
    field.focus();
  }
}

export function frame(me, name, ...side) {
  const who = h("span.soft", me.email || me.id, h("br"), me.role);
  root.replaceChildren(h("a.skip", { href: "#page", onclick: event => { event.preventDefault(); page.querySelector("h1")?.focus(); } }, "To the page"),
    h("div.frame", h("header.side", h("p.mark", h("a", { href: "/" }, "Coachhouse"), h("span", " " + name)), side, h("div.foot", who, button("Sign out", signOut, "small"))), page));
}

// Puts a page in place: its title is where reading begins.
export function show(title, ...inner) {
  document.title = `${title} · Coachhouse`;
  page.replaceChildren(...inner.flat().filter(Boolean));
  line = null;
  page.querySelector("h1")?.focus({ preventScroll: true });
}

export const heading = (title, about, ...beside) => h("div.top", h("div", h("h1", { tabindex: "-1" }, title), about ? h("p.soft", about) : null), beside.length ? h("div.row", beside) : null);
