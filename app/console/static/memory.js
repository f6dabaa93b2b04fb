// What the coach remembers of a person: a client of /api/v1/memory, on the page of data.js.
"use strict";
const MEMORY = "/api/v1/memory", ALL = 100;  // facts that are shown
const FACT_KINDS = { preference: "a preference", circumstance: "how you live", commitment: "what you will do", person: "somebody in your life", what_helped: "what helped" };

async function remembered() {
  const [{ enabled }, { facts }] = await Promise.all([ask("GET", MEMORY + "/settings"), ask("GET", `${MEMORY}?limit=${ALL}`)]);
  document.getElementById("remembers").checked = enabled;
  const now = facts.filter(fact => !fact.superseded_by);
  document.getElementById("facts").replaceChildren(...(now.length ? now.map(line) : [make("li", "Nothing yet.", "soft")]));
}

const change = (fact, body) => async () => { await ask("PATCH", `${MEMORY}/${fact.id}`, body); await remembered(); };
const forget = fact => async () => { await ask("DELETE", `${MEMORY}/${fact.id}`); await remembered(); state("It is forgotten.", "good"); };

function line(fact) {
  const item = make("li"), waits = fact.state === "proposed";
  const from = `${fact.sources.length} message${fact.sources.length === 1 ? "" : "s"}`;
  item.append(make("strong", fact.text), make("span", `${FACT_KINDS[fact.kind]} · ${moment(fact.said_at)} · from ${from}${waits ? ` · about ${fact.special}: may it be kept?` : ""}`, "soft"));
  if (waits) item.append(button("Yes, keep it", change(fact, { accepted: true })), " ", button("No", forget(fact)));
  else item.append(button(fact.pinned ? "Unpin" : "Pin", change(fact, { pinned: !fact.pinned })), " ", button("Change", async () => correct(item, fact)), " ", button("Delete", forget(fact)));
  return item;
}

function correct(item, fact) {
  const form = make("form"), field = make("input"), save = make("button", "Save", "small");
  field.value = fact.text; field.maxLength = 300; field.required = true; field.setAttribute("aria-label", "The fact as it should be");
  form.append(field, save, " ", button("Leave it", remembered));
  form.addEventListener("submit", told(() => change(fact, { text: field.value })()));
  item.replaceChildren(form);
  field.focus();
}

document.getElementById("remembers").addEventListener("change", event => told(async () => {
  await ask("PUT", MEMORY + "/settings", { enabled: event.target.checked });
  await remembered();
})());
