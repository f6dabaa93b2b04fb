// The operators' page: a frame with a place for each part of the API under /api/v1/admin.
import { begin, frame, show, tell, heading } from "./frame.js";
import { h } from "./dom.js";
import { overview } from "./overview.js";
import { usage } from "./usage.js";
import { tenants, tenant } from "./tenants.js";
import { people } from "./people.js";
import { keys } from "./keys.js";
import { topics } from "./topics.js";
import { topic } from "./topic.js";
import { models } from "./models.js";
import { jobs } from "./jobs.js";
import { interviews, agents } from "./talks.js";
import { connections } from "./connections.js";
import { care } from "./care.js";
import { audit } from "./audit.js";

const PLACES = {
  overview: ["Overview", overview], usage: ["Spending", usage], tenants: ["Tenants", tenants, tenant], people: ["People", people], keys: ["API keys", keys],
  topics: ["Topics & prompts", topics, topic], models: ["Models", models], jobs: ["Jobs", jobs], interviews: ["Interviews", interviews], agents: ["Voices & agents", agents],
  connections: ["Connections", connections], care: ["Care", care], audit: ["Audit log", audit],
};
let me = null, shown = 0;

const links = h("nav", { "aria-label": "Parts" }, Object.entries(PLACES).map(([name, [title]]) => h("a", { href: "#" + name }, title)));

async function route() {
  const [name, ...rest] = location.hash.slice(1).split("/"), place = PLACES[name] || PLACES.overview, about = rest.map(decodeURIComponent).join("/");
  const mine = ++shown, [title, list, one] = place;
  for (const link of links.children) if (link.textContent === title) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  links.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!document.querySelector("#page h1")) show(title, heading(title, "One moment…"));
  try {
    const found = await (about && one ? one(about, me) : list(me));
    if (mine === shown) show(one && about || title, found);
  } catch (error) {
    if (error.status === 401 || mine !== shown) return;
    show(title, heading(title)); tell(error.message, "bad");
  }
}

// What a part calls when it has changed what it shows.
export const again = () => route();

begin({
  title: "Run the service.", lead: "Who uses what at which cost, prompts, models, jobs, people. For operators.", hint: "flask token --role operator …", demo: "operator_token",
  admits: found => found.role === "operator", refusal: "Operators only.",
  open: found => {
    me = found;
    frame(me, "operators", links);
    window.onhashchange = route;
    return route();
  },
});
