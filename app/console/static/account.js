// The pages of accounts: each sends its fields to its own address. What a mailed link carries leaves the address bar at once.
"use strict";
const query = new URLSearchParams(location.search);
const form = document.getElementById("form"), lead = document.getElementById("lead"), button = form.querySelector("button");
const invitation = query.get("invitation") || "", token = query.get("token") || "";
if (token) history.replaceState(null, "", location.pathname);

// Only to pages of ours.
const wish = query.get("return_to") || "";
const target = /^\/(?![/\\])[^\\\s]*$/.test(wish) ? wish : "/app";

for (const link of document.querySelectorAll("[data-keeps]")) {
  const kept = new URLSearchParams({ ...(wish && { return_to: wish }), ...(invitation && { invitation }) });
  if ([...kept].length) link.href += "?" + kept;
}
if (invitation) lead.textContent = location.pathname.endsWith("sign-up")
  ? "You are invited. Use the address that the invitation was mailed to." : "Sign in to accept your invitation.";
if (query.get("refused")) state("The other account was not used: choose how to go on.");
form.querySelector("label:not([hidden]) input")?.focus();

function state(text, kind) {
  const line = document.getElementById("state");
  line.hidden = !text; line.textContent = text; line.className = "state " + (kind || "");
}

async function post(path, body, headers = {}) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });
  const told = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok) return told;
  throw Object.assign(new Error(told.message || response.statusText), { code: told.code });
}

const fields = () => Object.fromEntries(new FormData(form));

async function enter(path, body) {
  const told = await post(path, { ...body, cookie: true });
  if (invitation && path === "/auth/sign-in" && !location.pathname.endsWith("sign-up")) await post("/api/v1/tenants/join", { invitation }, { "X-CSRF-Token": told.csrf_token });
  location.assign(target);
}

const THEN = {
  "signed-in": () => enter(location.pathname, { ...fields(), ...(token && { token }) }),
  "told": async () => {
    const given = { ...fields(), ...(invitation && { invitation }) };
    const told = await post(location.pathname, given);
    if (invitation) return enter("/auth/sign-in", { email: given.email, password: given.password });
    form.reset(); state(told.message, "good");
  },
  "sign-in": async () => { const told = await post(location.pathname, { ...fields(), token }); state(told.message, "good"); button.hidden = true; },
};

function askForCode() {
  const label = form.elements.code.closest("label");
  const known = !label.hidden;
  label.hidden = false; form.elements.code.value = ""; form.elements.code.focus();
  state(known ? "This code is wrong, or was used before." : "A code of your authenticator app is needed too.", known ? "bad" : "");
}

form.addEventListener("submit", async event => {
  event.preventDefault();
  button.disabled = true; state("");
  try { await THEN[form.dataset.then](); } catch (error) { error.code === "CODE_REQUIRED" && form.elements.code ? askForCode() : state(error.message, "bad"); }
  button.disabled = false;
});
