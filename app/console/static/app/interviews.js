// Interviews: an interviewer and a customer talk, and what it shows comes after.
import { get, post } from "./api.js";
import { button, doing, field, h, link, soft } from "./dom.js";
import { icon } from "./icons.js";

const INTERVIEWS = "/api/interviews";
const token = id => sessionStorage.getItem("stop " + id);  // of what was begun in this tab

export async function show(root, { rest, go }) {
  if (rest[0]) return watch(root, rest[0]);
  const { personas } = await get(`${INTERVIEWS}/personas`);
  const problem = h("input", { maxLength: 2000, placeholder: "optional" }), solution = h("input", { maxLength: 2000, placeholder: "optional" });
  const begin = persona => doing(async () => {
    const made = await post(`${INTERVIEWS}/start`, { persona_id: persona.id, problem: problem.value, solution: solution.value });
    sessionStorage.setItem("stop " + made.interviewId, made.stopToken);
    go(`#/interviews/${made.interviewId}`);
  });
  root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Interviews")), h("p", { class: "lead" }, "Try an idea on a customer before you meet one. Both voices are made by the model."),
    h("div", { class: "panel pair" }, field("Problem that you suspect", problem), field("Solution that you have in mind", solution)), h("h2", {}, "Who shall be asked?"),
    h("div", { class: "cards" }, personas.map(one => h("article", { class: "card" }, h("span", { class: "portrait", "aria-hidden": "true" }, one.avatar), h("strong", {}, one.name), soft(`${one.role}, ${one.industry}`), h("p", {}, one.background.split(". ")[0].replace(/\.?$/, ".")), h("div", { class: "row" }, button(`Ask ${one.name.split(" ")[0]}`, begin(one), "primary small"))))));
}

function watch(root, id) {
  const log = h("div", { class: "log tall", tabIndex: 0, role: "log", "aria-live": "off", ariaLabel: "Interview" }), state = h("p", { class: "soft", role: "status" }, "Listening…"), found = h("section", { class: "shows" });
  const halt = button("Stop", doing(() => post(`${INTERVIEWS}/${id}/stop`, { stopToken: token(id) })));
  const again = button("Try again", doing(async () => { await post(`${INTERVIEWS}/${id}/retry`); again.hidden = true; listen(); }), "", { hidden: true });
  halt.hidden = true;
  root.replaceChildren(link("#/interviews", icon("back"), "Interviews"), h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "An interview"), h("div", { class: "tools" }, halt, again, h("a", { href: `/interviews/${id}`, class: "button" }, "Page to share"))), state, log, found);
  let source = null;
  const close = () => { source?.close(); source = null; halt.hidden = true; };
  const listen = () => {
    state.textContent = "Listening…"; halt.hidden = !token(id);
    source = new EventSource(`${INTERVIEWS}/${encodeURIComponent(id)}/stream?` + new URLSearchParams(log.childElementCount ? { after: log.childElementCount } : {}));
    source.addEventListener("message", event => { state.textContent = "Listening…"; log.append(line(JSON.parse(event.data).payload)); log.scrollTop = log.scrollHeight; });
    source.addEventListener("complete", () => { close(); state.textContent = "Over. Reading what it shows…"; understand(id, found, state); });
    source.addEventListener("error", event => {
      if (!event.data && source?.readyState === EventSource.CONNECTING) { state.textContent = "Connecting again…"; return; }
      close();
      const end = event.data ? JSON.parse(event.data) : { message: "This interview can't be found." };
      state.textContent = end.message;
      again.hidden = !end.error || end.error === "Interview stopped" || !token(id);
    });
  };
  listen();
  return close;
}

const line = said => { const customer = said.agent === "customer"; return h("article", { class: "said " + (customer ? "mine" : "coach") }, h("span", { class: "kicker" }, customer ? "Customer" : "Interviewer"), h("p", {}, said.message)); };

async function understand(id, place, state, tries = 4) {
  try {
    const found = await get(`${INTERVIEWS}/${id}/insights`);
    state.textContent = "Over.";
    place.replaceChildren(...shows(found));
  } catch (error) {
    if (error.status === 503 && tries > 1) setTimeout(() => understand(id, place, state, tries - 1), 2000); else state.textContent = error.message;
  }
}

const list = items => h("ul", {}, (items || []).map(text => h("li", {}, text)));
const part = (title, ...more) => h("section", { class: "panel" }, h("h3", {}, title), ...more);

function shows(found) {
  const verdicts = [["Problem", found.problemValidation], ["Market", found.marketValidation], ["Payment", found.paymentValidation]];
  return [h("h2", {}, "What it shows"), part(`${found.moodEmoji} ${found.overallMood}`, h("p", {}, found.summary)),
    part(`Verdict: ${found.overallVerdict} (${found.confidenceScore} %)`, verdicts.map(([name, one]) => h("div", { class: "score" }, h("strong", {}, name), h("progress", { max: 10, value: one.score, ariaLabel: `${name}: ${one.score} of 10` }), h("p", { class: "soft" }, `${one.label}: ${one.reasoning}`)))),
    h("div", { class: "cards" }, found.themes.map(theme => part(theme.theme, soft(`${theme.emotionalTone} · ${theme.underlyingNeed}`), theme.quotes.map(quote => h("blockquote", {}, quote))))),
    h("div", { class: "two" }, part("Opportunities", list(found.opportunityMap)), part("Next steps", list(found.nextSteps)))];
}
