// Tenants: who they are, what they may spend, their people and keys.
import { get, put, remove } from "./api.js";
import { columns, days } from "./charts.js";
import { cost, day, daysAgo, field, h, moment, money, number, panel, sure, table } from "./dom.js";
import { button, heading, tell, told } from "./frame.js";
import { keysOf } from "./keys.js";
import { peopleTable } from "./people.js";
import { spread } from "./usage.js";

const at = id => "#tenants/" + encodeURIComponent(id);

// A list with a search and pages; `load` gets what is asked for.
export function searched(load, make, placeholder) {
  const asked = { search: "", limit: 50, offset: 0 }, body = h("div", { style: { display: "contents" } });
  const search = h("input", { type: "search", placeholder, maxlength: "100" });
  const turn = step => button(step < 0 ? "Before" : "Next", () => { asked.offset = Math.max(0, asked.offset + step * asked.limit); return fill(); }, "small");
  async function fill() {
    const found = await load(asked), last = asked.offset + found.rows.length;
    const pages = asked.offset || found.has_more ? h("div.row", h("span.soft", `${number(asked.offset + 1)} to ${number(last)} of ${number(found.total)}`), asked.offset ? turn(-1) : null, found.has_more ? turn(1) : null) : null;
    body.replaceChildren(make(found.rows), ...(pages ? [pages] : []));
  }
  const form = h("form", { role: "search", onsubmit: told(() => { asked.search = search.value; asked.offset = 0; return fill(); }) }, field("Search", search, { kind: "grow" }), h("button", "Search"));
  return fill().then(() => panel(form, body));
}

export async function tenants() {
  const list = await searched(async asked => { const found = await get("/admin/tenants", asked); return { ...found, rows: found.tenants }; }, rows => table("Tenants", [
    { name: "Tenant", of: row => h("a", { href: at(row.id) }, row.name || row.id) }, { name: "Id", kind: "id", of: row => row.id },
    { name: "Members", kind: "number", of: row => number(row.members) }, { name: "Active people", kind: "number", of: row => number(row.people) }, { name: "Keys", kind: "number", of: row => number(row.keys) },
    { name: "Calls", kind: "number", of: row => number(row.calls) }, { name: "Cost", kind: "number", of: row => cost(row.cost_usd, row.unpriced) }, { name: "Last call", kind: "keep", of: row => moment(row.last_call_at) },
  ], rows, "No tenant is known yet."), "An id or a name");
  return [heading("Tenants", "People, calls and cost are those of the last thirty days."), list];
}

export async function tenant(id) {
  const first = daysAgo(29), last = day(new Date()), shown = days(first, last);
  const [budget, found, keys, spent] = await Promise.all([
    get("/admin/budgets/" + encodeURIComponent(id)), get("/admin/people", { tenant: id, limit: 200 }), keysOf(id), get("/admin/usage", { from: first, to: last, by: "tenant,day,feature" }),
  ]);
  const own = spent.rows.filter(row => row.tenant === id), holder = h("div", budgetForm(id, budget));
  return [
    h("a.back", { href: "#tenants" }, "← Tenants"), heading(id, `${number(found.total)} ${found.total === 1 ? "person" : "people"}, ${money(own.reduce((all, row) => all + row.cost_usd, 0))} in thirty days${own.some(row => row.unpriced) ? ", and calls whose price is not known" : ""}`, h("a.button", { href: "#audit/" + encodeURIComponent(id) }, "Audit log")),
    panel("Spending by feature", columns("Spending by feature", shown, spread(own, shown, "feature", "cost_usd"), money)),
    h("div.two", panel("Budgets", holder), keys),
    panel("People", peopleTable(found.people)),
  ];
}

const LIMITS = [["user", "Each person"], ["key", "Each API key"], ["tenant", "All together"]];

function budgetForm(id, budget) {
  const path = "/admin/budgets/" + encodeURIComponent(id), own = name => budget.own.includes(name) ? "set for this tenant" : "from the settings";
  const money = name => h("input", { type: "number", min: "0", max: "1000000", step: "any", value: budget[name] ?? "", placeholder: "no budget" });
  const day = money("user_day"), month = money("tenant_month");
  const limits = LIMITS.map(([name, text]) => [name, text, h("input", { value: budget.limits[name] ?? "", placeholder: "60 calls per minute; 50 USD per month", maxlength: "300" })]);
  const value = input => input.value === "" ? null : Number(input.value);
  const form = h("form.stack", { onsubmit: told(async () => {
    const changed = limits.filter(([name, , input]) => input.value !== (budget.limits[name] ?? ""));
    const body = { user_day: value(day), tenant_month: value(month), currency: budget.currency, ...(changed.length ? { limits: Object.fromEntries(changed.map(([name, , input]) => [name, input.value || null])) } : {}) };
    again(await put(path, body)); tell("The budgets are in force.", "good");
  }) },
    field(`A person in a day, ${budget.currency}`, day, { hint: own("user_day") }), field(`The tenant in a month, ${budget.currency}`, month, { hint: own("tenant_month") }),
    h("details", h("summary", "Limits of calls and tokens"), h("div.stack", limits.map(([name, text, input]) => field(text, input, { hint: own(name) })))),
    h("div.row", h("button.primary", "Save"), budget.own.length ? button("Go back to the settings", async () => {
      if (await sure("Go back to the settings?", "What was set for this tenant alone is forgotten.", "Go back")) { again(await remove(path)); tell("The settings are in force.", "good"); }
    }) : null));
  const again = found => form.replaceWith(budgetForm(id, found));
  return form;
}
