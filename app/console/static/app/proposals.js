// What the coach proposes to do: nothing happens before somebody says so, and a day long it can be taken back.
import { Refused, post } from "./api.js";
import { announce, button, doing, h, shown } from "./dom.js";

const PLACES = { goal: "#/goals", milestone: "#/goals", progress: "#/goals", habit: "#/goals", journal: "#/journal", reminder: "#/reminders", check: "#/reminders" };
const SAID = { done: "Done", declined: "Not done", undone: "Taken back", superseded: "Replaced by a newer one" };
const HIDDEN = /(^|_)(id|ids|at)$/;
const isTime = value => typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
const plain = value => value === null || value === "" ? "—" : isTime(value) ? shown(value) : Array.isArray(value) ? value.map(one => one?.title || plain(one)).join(", ") : typeof value === "object" ? value.title || JSON.stringify(value) : String(value);

function changes({ before, after }) {
  const names = Object.keys(after || {}).filter(name => !HIDDEN.test(name) && plain(after[name]) !== "—" && (!before || plain(before[name] ?? null) !== plain(after[name])));
  if (!names.length) return null;
  return h("dl", {}, names.map(name => [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, before && before[name] !== undefined && h("del", {}, plain(before[name])), " ", plain(after[name]))]));
}

export function proposal(told) {
  const root = h("section", { class: "proposal", ariaLabel: "A proposal" });
  draw(root, told);
  return root;
}

function draw(root, told) {
  const move = verb => doing(async () => draw(root, await moved(told, verb)));
  const open = told.state === "proposed" && new Date(told.expires_at) > new Date();
  const where = PLACES[told.kind.split(/[._]/)[0]];
  const row = open ? [button("Do it", move("confirm"), "primary"), button("Not now", move("decline"), "plain")]
    : [h("span", { class: "tag " + told.state }, SAID[told.state] || "Expired"), told.state === "done" && where && h("a", { href: where }, "Look"), told.state === "done" && button("Take it back", move("undo"), "plain")];
  root.className = "proposal " + told.state;
  root.replaceChildren(h("p", { class: "what" }, told.summary), open && changes(told) || "", h("div", { class: "row" }, row));
}

/** Afterwards; when what it is about has changed meanwhile, the fresh one. */
async function moved(told, verb) {
  try {
    const { state } = await post(`/api/v1/actions/${told.id}/${verb}`);
    announce(SAID[state]);
    return { ...told, state };
  } catch (error) {
    if (error instanceof Refused && error.body.proposal) { announce("What it is about has changed: look again."); return error.body.proposal; }
    throw error;
  }
}
