// One topic: its settings; its prompts with versions, differences and the way back; trying a draft on saved inputs.
import { get, patch, post, put, remove } from "./api.js";
import { diff } from "./diff.js";
import { facts, field, h, moment, panel, plain, select, sure, table, tabs, tick } from "./dom.js";
import { button, heading, tell, told } from "./frame.js";
import { parameterForm } from "./parameters.js";
import { cost, json, prompts, read } from "./results.js";

export async function topic(id) {
  const path = "/admin/topics/" + encodeURIComponent(id), found = await get(path), kinds = Object.keys(found.prompts);
  const [known, ...versions] = await Promise.all([get("/admin/models"), ...kinds.map(kind => get(`${path}/prompts/${kind}`))]);
  const drafts = {}, editors = kinds.map((kind, place) => [plain(kind), () => editor(path, kind, versions[place], drafts)]);
  return [
    h("a.back", { href: "#topics" }, "← Topics"), heading(found.name, found.description, h("a.button", { href: "/playground#" + id }, "Play with it")),
    kinds.length ? panel("Prompts", tabs("Prompts", editors)) : null,
    found.kind === "single_shot" ? await trial(path, found, drafts) : null,
    h("div.two", panel("Settings", settings(path, found, known.models.map(one => one.model))), panel("What it is", facts([
      ["Id", h("span.mono", found.topic_id)], ["Kind", plain(found.kind)], ["Category", plain(found.category)], ["Result", h("span.mono", found.response_model)], ["Prompts use", found.uses.join(", ") || "nothing"],
    ]), h("details", h("summary", "Schema of the result"), json(found.schema)))),
  ].filter(Boolean);
}

function settings(path, found, models) {
  const active = tick("Active", { checked: found.active }), usual = found.defaults;
  const model = select({}, [["", "First in order"], ...models.map(one => [one, one])], found.model || "");
  const number = (value, facts) => h("input", { type: "number", value: value ?? "", ...facts });
  const own = name => found[name] === usual[name] ? null : found[name];
  const temperature = number(own("temperature"), { min: "0", max: "2", step: "0.05", placeholder: String(usual.temperature) }), most = number(own("max_tokens"), { min: "16", max: "32000", placeholder: String(usual.max_tokens) });
  const value = input => input.value === "" ? null : Number(input.value);
  return h("form.stack", { onsubmit: told(async () => {
    await patch(path, { active: active.firstChild.checked, model: model.value || null, temperature: value(temperature), max_tokens: value(most) });
    tell("In force on every process within seconds.", "good");
  }) }, active, field("Model", model), field("Temperature", temperature, { hint: `Empty: ${usual.temperature}, as in the catalogue` }), field("Longest answer, in tokens", most, { hint: `Empty: ${usual.max_tokens}` }),
    h("div.row", h("button.primary", "Save"), button("As in the catalogue", async () => {
      const reset = await patch(path, { active: null, model: null, temperature: null, max_tokens: null });
      active.firstChild.checked = reset.active; model.value = ""; temperature.value = most.value = ""; tell("As in the catalogue again.", "good");
    })));
}

// The text in force, which becomes a draft by being changed; older versions to compare with and go back to.
function editor(path, kind, found, drafts) {
  const where = `${path}/prompts/${kind}`, body = h("div", { style: { display: "flex", "flex-direction": "column", gap: ".9rem" } });
  let known = found;
  function paint() {
    const text = h("textarea.code", { value: drafts[kind] ?? known.text, spellcheck: "false", "aria-label": `Prompt: ${kind}`, oninput: () => { drafts[kind] = text.value; compare(); } });
    const against = select({ "aria-label": "Compare with", onchange: compare }, known.versions.map(one => [String(one.version), name(one)])), shown = h("div"), chosen = () => known.versions.find(one => String(one.version) === against.value);
    const back = button("Put this version in force", () => rollBack(chosen()), "small");
    function compare() { stored.disabled = text.value === known.text; drop.hidden = !(kind in drafts); shown.replaceChildren(diff(chosen().text, text.value)); back.hidden = chosen().version === known.version; }
    const stored = button("Save as new version", async () => { await put(where, { text: text.value }); delete drafts[kind]; await again("The new version is in force."); }, "primary");
    const drop = button("Drop the draft", () => { delete drafts[kind]; paint(); });
    body.replaceChildren(text, h("div.row", stored, drop), h("details", h("summary", `Versions and differences (${known.versions.length})`),
      h("div", { style: { display: "flex", "flex-direction": "column", gap: ".8rem", "padding-top": ".6rem" } }, h("div.row", field("From", against), back), shown, versionsOf(known, rollBack))));
    compare();
  }
  async function again(told) { known = await get(where); paint(); tell(told, "good"); }
  async function rollBack(one) {
    if (!await sure(`Put version ${one.version} in force?`, one.builtin ? "It is the built-in prompt." : "It becomes a new version; none is lost.", "Put it in force")) return;
    await post(`${where}/rollback`, { version: one.version }); delete drafts[kind]; await again(`Version ${one.version} is in force again.`);
  }
  paint();
  return body;
}

const name = one => `${one.version === 0 ? "Built in" : "Version " + one.version}${one.createdBy ? ", by " + one.createdBy : ""}`;
const versionsOf = (known, rollBack) => table("Versions", [
  { name: "Version", of: one => [name(one), one.version === known.version ? [" ", h("span.tag.good", "in force")] : null] }, { name: "Written", kind: "keep", of: one => one.createdAt ? moment(one.createdAt) : h("span.soft", "with the service") },
  { name: "Length", kind: "number", of: one => one.text.length.toLocaleString("en") }, { name: "", of: one => one.version === known.version ? null : button("Go back to it", () => rollBack(one), "small") },
], known.versions);

// Draft or prompt in force, on parameters that may be kept under a name.
async function trial(path, found, drafts) {
  const form = parameterForm(found.parameters), outcome = h("div", { "aria-live": "polite", style: { display: "flex", "flex-direction": "column", gap: ".9rem" } }), which = select({ onchange: () => { const one = saved.find(its => its.id === which.value); form.fill(one ? one.parameters : {}); title.value = one?.name || ""; gone.hidden = !one; } }, []);
  const title = h("input", { maxlength: "100", placeholder: "a small hotel" });
  let saved = [];
  async function load(chosen = "") { saved = (await get(`${path}/inputs`)).inputs; which.replaceChildren(...[["", saved.length ? "Choose one" : "None is saved yet"], ...saved.map(one => [one.id, one.name])].map(([value, text]) => h("option", { value, selected: value === chosen }, text))); gone.hidden = !which.value; }
  const gone = button("Delete", async () => { if (await sure("Delete this saved input?", "", "Delete")) { await remove(`${path}/inputs/${which.value}`); await load(); } }, "grave");
  const body = () => ({ parameters: form.values(), prompts: drafts });
  const render = async () => { const seen = await post(`${path}/dry-run`, body()); outcome.replaceChildren(...(seen.missing.length ? [h("p.note", `Could not be read: ${seen.missing.join(", ")}.`)] : []), prompts(seen.prompts)); };
  const run = async () => {
    const began = performance.now(), seen = await post(`${path}/try-out`, body());
    outcome.replaceChildren(...cost(seen.metadata, performance.now() - began).filter(Boolean), tabs("Outcome", [["Result", () => h("div.read", read(seen.data))], ["JSON", () => json(seen.data)], ["Prompts as the model saw them", () => prompts(seen.prompts)]]));
  };
  await load();
  return panel("Try it out", h("p.soft", "With your drafts where there are any, and your own tenant's data. What is in force stays so."),
    h("div.two", h("form.stack", { onsubmit: told(run) }, h("div.row", field("Saved inputs", which, { kind: "grow" }), gone),
      form.element, h("div.row", h("button.primary", "Run with a model"), button("Only render the prompts", render)),
      h("div.row", field("Keep these as", title, { kind: "grow" }), button("Save", async () => { const kept = await post(`${path}/inputs`, { name: title.value, parameters: form.values() }); await load(kept.id); tell("The input is saved.", "good"); }))), outcome));
}
