// The review of a week: this one as it is written, and those before.
import { api, get, stream } from "./api.js";
import { announce, button, doing, h, link, many, shown, soft, sure } from "./dom.js";
import { icon } from "./icons.js";
import { written } from "./text.js";

const WEEKS = "/api/v1/chat/weekly-insights";
const span = (from, to) => `${shown(from, "day")} – ${shown(to, "day")}`;

export async function week(root, id) {
  const work = new AbortController();
  const [now, past] = await Promise.all([get(`${WEEKS}/current`), get(`${WEEKS}/history?limit=26`)]);
  const insight = id ? past.find(one => one.id === id) || await get(`${WEEKS}/${id}`) : now.insight;
  const isNow = !id || insight.id === now.insight?.id;
  const words = h("div", { class: "prose" }), under = h("p", { class: "soft" });
  const say = found => { words.replaceChildren(...written(found.content)); under.textContent = `From ${many(found.entry_count, "entry", "entries")}.${found.stale ? " Something in them has changed since." : ""}`; };
  const write = doing(async () => { await writeNow(words, under, Boolean(insight), work.signal, say); await week(root); });
  root.replaceChildren(link("#/journal", icon("back"), "Journal"), h("header", { class: "top" }, h("div", {}, h("span", { class: "kicker" }, isNow ? span(now.weekStart, now.weekEnd) : span(insight.week_start, insight.week_end)), h("h1", { tabIndex: -1 }, "Review of the week")),
    h("div", { class: "tools" }, isNow && button([icon("spark"), insight ? "Write it anew" : "Write my review"], write, insight ? "" : "primary"), insight && button(icon("trash"), doing(() => remove(insight)), "round", { ariaLabel: "Delete this review" }))),
    h("article", { class: "panel" }, words, under), others(past.filter(one => one.id !== insight?.id)));
  if (insight) say(insight); else words.append(soft("Your coach reads what you wrote since Saturday, and says what it sees."));
  return () => work.abort();
}

async function writeNow(words, under, anew, signal, say) {
  let text = "";
  under.textContent = "Reading your week…";
  for await (const told of stream(anew ? "POST" : "GET", `${WEEKS}/${anew ? "regenerate" : "stream"}`, { signal, body: anew ? {} : undefined })) {
    if (told.type === "chunk") words.replaceChildren(...written(text += told.content));
    if (told.type === "error") { under.textContent = ""; throw Object.assign(new Error(told.message), { isTold: true }); }
    if (told.type === "done" && told.insight) { say({ ...told.insight, content: told.insight.content || text }); announce("Your review is written."); }
  }
}

function others(past) {
  if (!past.length) return "";
  return h("section", {}, h("h2", {}, "Weeks before"), h("ul", { class: "plainlist" }, past.map(one => h("li", {}, link(`#/journal/weeks/${one.id}`, span(one.week_start, one.week_end)), h("span", { class: "soft" }, ` ${many(one.entry_count, "entry", "entries")}`)))));
}

async function remove(insight) {
  if (!await sure("Delete this review?", "What you wrote stays.", "Delete it")) return;
  await api("DELETE", `${WEEKS}/${insight.id}`);
  location.hash = "#/journal";
}
