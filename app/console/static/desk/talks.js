// Interviews; voices and agents of the realtime coach.
import { ask, get } from "./api.js";
import { h, moment, number, panel, sure, table } from "./dom.js";
import { button, heading, tell } from "./frame.js";
import { again } from "./admin.js";

const KINDS = { completed: "good", failed: "bad", "in-progress": "on" };

export async function interviews() {
  const list = h("div"), rows = [];
  async function load() {
    const found = await ask("GET", `/api/interviews?limit=50&offset=${rows.length}`);
    rows.push(...found.interviews); list.replaceChildren(shown()); more.hidden = rows.length >= found.total;
  }
  const gone = async row => { if (await sure("Delete this interview?", "All that was said goes with it.", "Delete")) { await ask("DELETE", "/api/interviews/" + encodeURIComponent(row.id)); await again(); tell("The interview is deleted.", "good"); } };
  const shown = () => table("Interviews", [
    { name: "Interview", kind: "id", of: row => h("a", { href: "/interviews/" + encodeURIComponent(row.id) }, row.id) }, { name: "State", of: row => h("span.tag" + (KINDS[row.status] ? "." + KINDS[row.status] : ""), row.status) },
    { name: "Messages", kind: "number", of: row => number(row.messageCount) }, { name: "Begun", kind: "keep", of: row => moment(row.createdAt) }, { name: "", of: row => button("Delete", () => gone(row), "small.grave") },
  ], rows, "No interview yet.");
  const more = button("Older ones", load, "small");
  await load();
  return [heading("Interviews", "Two agents talk; anybody may begin one.", h("a.button", { href: "/interviews" }, "Begin one")), panel(list, more)];
}

const voice = one => one ? `${one.name} (${one.service}${one.voice_id ? ", " + one.voice_id : ""})` : h("span.soft", "none");
const tenant = { name: "Tenant", of: row => h("a", { href: "#tenants/" + encodeURIComponent(row.tenant) }, row.tenant) };

export async function agents() {
  const [found, voices] = await Promise.all([get("/admin/agents", { limit: 200 }), get("/admin/voices", { limit: 200 })]);
  return [
    heading("Voices & agents", "Of the realtime coach. Those who hold a tenant's key write them at /api/agents/ and /api/voices/.", h("a.button", { href: "/api/test/" }, "Talk with one")),
    panel(`Agents (${number(found.total)})`, table("Agents", [
      { name: "Agent", of: row => [h("b", row.name), h("div.soft", row.description)] }, { name: "Bot id", kind: "id", of: row => row.bot_id }, tenant, { name: "Voice", of: row => voice(row.voice) },
      { name: "State", of: row => row.is_active ? h("span.tag.good", "active") : h("span.tag", "off") }, { name: "Made", kind: "keep", of: row => moment(row.created_at) },
    ], found.agents, "No agent yet.")),
    panel(`Voices (${number(voices.total)})`, table("Voices", [
      { name: "Voice", of: row => h("b", row.name) }, tenant, { name: "Service", of: row => row.service }, { name: "Its id there", kind: "id", of: row => row.voice_id }, { name: "Gender", of: row => row.gender }, { name: "Made", kind: "keep", of: row => moment(row.created_at) },
    ], voices.voices, "No voice yet.")),
  ];
}
