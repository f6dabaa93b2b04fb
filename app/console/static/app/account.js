// One's own account: name, address, password, who is signed in, and an authenticator app.
import { api, get, keepForm, leaveAll, post } from "./api.js";
import { button, doing, field, h, link, soft, sure, toast } from "./dom.js";
import { icon } from "./icons.js";

export async function show(root) {
  const person = await get("/auth/me"), again = () => show(root);
  root.replaceChildren(link("#/you", icon("back"), "You"), h("header", { class: "top" }, h("div", {}, h("span", { class: "soft" }, person.email), h("h1", { tabIndex: -1 }, "Your account"))),
    h("div", { class: "two" }, name(person), address(), password(person), app(person, again)), devices());
}

const secret = (autocomplete, facts = {}) => h("input", { type: "password", required: true, maxLength: 200, autocomplete, ...facts });
const form = (title, onsubmit, label, ...inner) => h("section", { class: "panel" }, h("h2", {}, title), h("form", { onsubmit: doing(onsubmit) }, inner, h("div", { class: "row end" }, h("button", { class: "primary" }, label))));

function name(person) {
  const own = h("input", { value: person.name, maxLength: 200, autocomplete: "name" });
  const save = async () => { await api("PATCH", "/auth/me", { name: own.value.trim() }); toast("Saved."); };
  return form("Your name", save, "Save the name", field("Name", own));
}

function address() {
  const email = h("input", { type: "email", required: true, maxLength: 254, autocomplete: "email" }), proof = secret("current-password");
  const ask = async event => { toast((await post("/auth/email", { email: email.value.trim(), password: proof.value })).message, { stays: 8000 }); event.target.reset(); };
  return form("Another address", ask, "Mail me a link", soft("Nothing changes before the link in the mail to the new address is used."), field("New e-mail address", email), field("Your password", proof));
}

function password(person) {
  const old = secret("current-password"), fresh = secret("new-password", { minLength: 8 });
  const known = h("input", { type: "email", autocomplete: "username", value: person.email, hidden: true, readOnly: true });  // for what keeps passwords
  const change = async event => { keepForm(await post("/auth/password", { password: old.value, new_password: fresh.value })); event.target.reset(); toast("The new password holds. All your other devices are signed out."); };
  return form("Another password", change, "Change it", known, field("Your password now", old), field("The new one, at least 8 characters", fresh), soft("You have none, or forgot it? ", link("/auth/password/forgot", "Have a link mailed"), "."));
}

function devices() {
  const end = doing(async () => { if (await sure("Sign out everywhere?", "You will be asked for your password on each device, this one too.", "Sign out everywhere", "Stay")) await leaveAll(); });
  return h("section", { class: "panel" }, h("h2", {}, "Devices"), soft("A device is lost, or somebody else may know your password? Then nobody stays signed in."), h("div", { class: "row" }, button("Sign out everywhere", end, "grave")));
}

const digits = () => h("input", { required: true, maxLength: 20, inputMode: "numeric", autocomplete: "one-time-code", placeholder: "123456" });

function app(person, again) {
  if (!person.two_factor) return propose(again);
  const code = digits(), needed = person.role === "operator";
  const remove = async () => { await post("/auth/totp/remove", { code: code.value.trim() }); toast("Your password alone signs you in."); await again(); };
  if (needed) return h("section", { class: "panel" }, h("h2", {}, "Authenticator app"), h("p", {}, "It is set up. Operators can't do without it."));
  return form("Authenticator app", remove, "Do without it", soft("It is set up: signing in asks for a code of it."), field("Code of the app", code));
}

/** The secret is shown as text: it is typed into the app, or its link is opened on the phone that has the app. */
function propose(again) {
  const proof = secret("current-password"), place = h("div");
  const ask = async () => { const made = await post("/auth/totp", { password: proof.value }); proof.value = ""; place.replaceChildren(confirm(made, again)); place.querySelector("input").focus(); };
  return h("section", { class: "panel" }, h("h2", {}, "Authenticator app"), soft("Beside your password, signing in asks for a code that only your phone knows. Operators need one."), h("form", { onsubmit: doing(ask) }, field("Your password", proof), h("div", { class: "row end" }, h("button", { class: "primary" }, "Set it up"))), place);
}

function confirm({ secret: key, uri }, again) {
  const code = digits();
  const keep = doing(async () => { await post("/auth/totp/confirm", { code: code.value.trim() }); toast("It is set up."); await again(); });
  return h("form", { onsubmit: keep }, h("p", {}, "Type this key into the app, or ", link(uri, "open it there"), ". It is shown this once."), h("p", { class: "key" }, h("code", {}, key.match(/.{1,4}/g).join(" "))), field("Code that the app shows", code), h("div", { class: "row end" }, h("button", { class: "primary" }, "Confirm")));
}
