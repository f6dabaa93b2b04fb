// The one way to the service: who is asking, what was answered, and streams that go on after a lost network.
const who = { token: "", csrf: "", zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
const TRIES = 3, PAUSE = 600;  // of what only reads; milliseconds, doubled each time
const shellOf = name => document.body.dataset[name] === "on";

export class Refused extends Error {
  constructor(status, body) {
    super(body.message || body.error || (status ? `The service answered ${status}.` : "There is no connection right now."));
    Object.assign(this, { status, body, code: body.code || "", isTold: true });
  }
}

const pause = (time, signal) => new Promise((done, stop) => {
  const timer = setTimeout(done, time);
  signal?.addEventListener("abort", () => { clearTimeout(timer); stop(signal.reason); }, { once: true });
});

function headersOf(method, extra) {
  const headers = { "X-Timezone": who.zone };
  if (who.token) headers.Authorization = "Bearer " + who.token;
  if (who.csrf && method !== "GET") headers["X-CSRF-Token"] = who.csrf;
  return { ...headers, ...extra };
}

async function send(method, path, { body, headers, signal } = {}) {
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  const once = () => fetch(path, { method, signal, headers: headersOf(method, { ...sent, ...headers }), body: body === undefined ? undefined : JSON.stringify(body) });
  const response = await once();
  if (response.status !== 401 || headers?.Authorization || !await enterAgain()) return response;
  return once();
}

async function answered(response) {
  const body = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

/** One request. What only reads is tried again when the network failed. */
export async function api(method, path, body, { headers, signal } = {}) {
  for (let tried = 1; ; tried++) {
    try {
      return await answered(await send(method, path, { body, headers, signal }));
    } catch (error) {
      if (error.name === "AbortError" || error instanceof Refused) throw error;
      if (method !== "GET" || tried === TRIES) throw new Refused(0, {});
      await pause(PAUSE * 2 ** tried, signal);
    }
  }
}

export const get = (path, facts) => api("GET", path, undefined, facts);
export const post = (path, body = {}, facts) => api("POST", path, body, facts);
export const once = () => ({ headers: { "Idempotency-Key": crypto.randomUUID?.() || String(Math.random()).slice(2) + Date.now() } });

// Server-Sent Events over fetch, since EventSource sends neither a body nor a token.
async function* events(response, seen) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const whole = (rest + value).split("\n\n");
      rest = whole.pop();
      for (const block of whole) {
        const found = parsed(block);
        if (found.id) seen.id = found.id;
        if (found.data) yield JSON.parse(found.data);
      }
    }
  } finally { reader.cancel().catch(() => {}); }
}

function parsed(block) {
  const found = { id: "", data: "" };
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) found.id = line.slice(4);
    if (line.startsWith("data: ")) found.data += line.slice(6);
  }
  return found;
}

const LAST = new Set(["end", "error", "done"]);

/** All events of a stream up to its last one. When the connection is lost, the same request goes on after the last event
 *  that came; `onlost` hears of it, `again` is another request that does so. */
export async function* stream(method, path, { body, headers, signal, onlost = () => {}, again } = {}) {
  const seen = { id: "" };
  for (let lost = 0; ;) {
    try {
      const resumed = seen.id ? { "Last-Event-ID": seen.id } : {};
      const ask = (seen.id && again) || { method, path, body };
      const response = await send(ask.method, ask.path, { body: ask.body, headers: { ...headers, ...resumed }, signal });
      if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
      onlost(false);
      for await (const event of events(response, seen)) {
        lost = 0;
        if (event.type === "reconnect") break;
        yield event;
        if (LAST.has(event.type)) return;
      }
    } catch (error) {
      if (error.name === "AbortError" || signal?.aborted) throw error;
      if (error instanceof Refused && !(error.status >= 502 && error.status <= 504)) throw error;
    }
    onlost(true);
    await Promise.race([pause(Math.min(8000, PAUSE * 2 ** lost++), signal), online(signal)]);
  }
}

const online = signal => navigator.onLine ? new Promise(() => {}) : new Promise(done => addEventListener("online", done, { once: true, signal }));

/** Who this page belongs to; null when nobody is signed in. */
export async function enter() {
  localStorage.removeItem("voice key");  // older pages kept a team's here
  if (shellOf("accounts")) return byCookie();
  if (shellOf("demo")) await asDemo();
  else who.token = sessionStorage.getItem("token") || "";
  return who.token ? await me() : null;
}

async function me() {
  try { return await get("/auth/me"); } catch (error) {
    if (error.status === 401) return null;
    throw error;
  }
}

async function byCookie() {
  if (!shellOf("session")) return null;
  const found = await me();
  who.csrf = found?.csrf_token || "";
  return found;
}

async function asDemo() {
  const found = await answered(await fetch("/api/v1/dev/demo", { method: "POST" }));
  who.token = found.token;
}

let entering = null;
/** A token that has ended: the demo person gets a new one, others sign in again. */
async function enterAgain() {
  if (!shellOf("demo") || !who.token) return false;
  entering ||= asDemo().then(() => true, () => false).finally(() => { entering = null; });
  return entering;
}

export async function enterWith(token) {
  who.token = token.trim();
  sessionStorage.setItem("token", who.token);
  return me();
}

export async function leave() {
  if (shellOf("accounts")) await post("/auth/sign-out");
  sessionStorage.removeItem("token");
  location.assign(shellOf("accounts") ? "/auth/sign-in?return_to=/app" : "/");
}

export async function leaveAll() {
  await post("/auth/sign-out-everywhere");
  location.assign("/auth/sign-in?return_to=/app");
}

/** Another sign-in in place of this one: its cookie is here already. */
export function keepForm(signed) { who.csrf = signed.csrf_token || ""; }

/** The page of one's data is another one: it finds the token of this tab where it keeps its own. */
export const lendToken = () => { if (who.token) sessionStorage.setItem("data token", who.token); };
export const hasAccounts = () => shellOf("accounts");
export const socketUrl = path => Object.assign(new URL(path, location.href), { protocol: location.protocol === "https:" ? "wss:" : "ws:" });
export const socketToken = () => who.token;
