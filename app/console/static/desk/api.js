// The API as these pages ask it: with a token that this tab keeps, with the cookie of a browser that is signed in, or, while developing, as
// somebody of the demo.
const KEY = "desk token", GONE = "desk left";
let token = sessionStorage.getItem(KEY) || "", csrf = "", leaving = () => {};

export const onLeave = call => { leaving = call; };
export const hasToken = () => Boolean(token);
export const hasSession = document.body.dataset.session === "on";
export const hasDemo = () => document.body.dataset.demo === "on" && !sessionStorage.getItem(GONE);

export class Refused extends Error {
  constructor(status, body) {
    super(body.message || body.error || `The service answered ${status}.`);
    this.status = status; this.code = body.code || ""; this.body = body;
  }
}

export async function ask(method, path, body, headers = {}) {
  const own = token ? { Authorization: "Bearer " + token } : csrf ? { "X-CSRF-Token": csrf } : {};
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(path, { method, headers: { ...own, ...sent, ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
  const found = response.status === 204 ? null : await response.json().catch(() => ({}));
  if (response.ok) return found;
  if (response.status === 401) leave("Sign in again.");
  throw new Refused(response.status, found || {});
}

const query = given => { const kept = Object.entries(given).filter(([, value]) => value !== "" && value !== null && value !== undefined); return kept.length ? "?" + new URLSearchParams(kept) : ""; };
const API = "/api/v1";
export const get = (path, given = {}) => ask("GET", API + path + query(given));
export const post = (path, body, headers) => ask("POST", API + path, body, headers);
export const put = (path, body) => ask("PUT", API + path, body);
export const patch = (path, body) => ask("PATCH", API + path, body);
export const remove = path => ask("DELETE", API + path);

// Who is there; raises `Refused`. `demo` names the token of the demo that the page takes; it is asked for anew by each page.
export async function enter(given, demo) {
  if (given) token = given.trim();
  const isDemo = !token && !hasSession && hasDemo();
  if (isDemo) token = (await ask("POST", "/api/v1/dev/demo", {}))[demo];
  if (isDemo && !token) throw new Refused(401, {});
  const me = await ask("GET", "/auth/me");
  csrf = me.csrf_token || "";
  if (token && !isDemo) sessionStorage.setItem(KEY, token);
  return me;
}

export function leave(why = "") {
  token = csrf = "";
  sessionStorage.removeItem(KEY);
  leaving(why);
}

export async function signOut() {
  const cookie = !token && csrf;
  sessionStorage.setItem(GONE, "yes");
  if (cookie) await ask("POST", "/auth/sign-out", {}).catch(() => {});
  leave();
}
