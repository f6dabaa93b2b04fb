// What models were asked and what it cost: by day and tenant, feature or model.
import { get } from "./api.js";
import { bars, colour, columns, days, largest } from "./charts.js";
import { csv, day, daysAgo, field, h, money, number, panel, save, select, short, table } from "./dom.js";
import { button, heading, told } from "./frame.js";

const BY = [["model", "Model"], ["tenant", "Tenant"], ["feature", "Feature"]];
const MEASURES = [["cost_usd", "Cost"], ["calls", "Calls"], ["tokens", "Tokens"]];
const COLUMNS = ["calls", "failed_calls", "attempts", "input_tokens", "output_tokens", "cost_usd", "unpriced"];
const wanted = { from: daysAgo(29), to: day(new Date()), by: "model", measure: "cost_usd" };

const measured = (row, what) => what === "tokens" ? row.input_tokens + row.output_tokens : row[what];
const say = what => what === "cost_usd" ? money : short;

// Rows as series over days, one for each value of a dimension.
export function spread(rows, shown, by, what) {
  const at = new Map(shown.map((one, place) => [one, place])), series = new Map();
  for (const row of rows) {
    if (!at.has(row.day)) continue;
    if (!series.has(row[by])) series.set(row[by], shown.map(() => 0));
    series.get(row[by])[at.get(row.day)] += measured(row, what);
  }
  return [...series].map(([name, values]) => ({ name: name || "(none)", values }));
}

function summed(rows, by) {
  const sums = new Map();
  for (const row of rows) {
    const one = sums.get(row[by]) || { name: row[by], ...Object.fromEntries(COLUMNS.map(name => [name, 0])) };
    for (const name of COLUMNS) one[name] += row[name];
    sums.set(row[by], one);
  }
  return [...sums.values()].sort((one, other) => other.cost_usd - one.cost_usd || other.calls - one.calls);
}

export async function usage() {
  const body = h("div", { style: { display: "contents" }, "aria-live": "polite" });
  const from = h("input", { type: "date", required: true, value: wanted.from }), to = h("input", { type: "date", required: true, value: wanted.to });
  const by = select({ onchange: () => form.requestSubmit() }, BY, wanted.by), measure = select({ onchange: () => form.requestSubmit() }, MEASURES, wanted.measure);
  const span = count => h("button.small", { type: "button", onclick: () => { from.value = daysAgo(count - 1); to.value = day(new Date()); form.requestSubmit(); } }, `${count} days`);
  const form = h("form", { onsubmit: told(async () => { Object.assign(wanted, { from: from.value, to: to.value, by: by.value, measure: measure.value }); await fill(body); }) },
    field("From", from), field("To", to), field("By", by), field("Show", measure), h("button", "Show"), h("div.row", span(7), span(30), span(90)));
  await fill(body);
  return [heading("Spending", "By the ledger: one row for each call of a model. Days are those of UTC."), panel(form, []), body];
}

async function fill(body) {
  const { rows } = await get("/admin/usage", { from: wanted.from, to: wanted.to, by: `day,${wanted.by}` });
  const shown = days(wanted.from, wanted.to), sums = summed(rows, wanted.by), all = name => sums.reduce((total, row) => total + row[name], 0);
  const name = BY.find(([key]) => key === wanted.by)[1], title = `${MEASURES.find(([key]) => key === wanted.measure)[1]} by ${name.toLowerCase()}`;
  const series = spread(rows, shown, wanted.by, wanted.measure), colours = new Map(largest(series).map((one, place) => [one.name, colour(place)]));
  const figures = [[money(all("cost_usd")), "spent"], [number(all("calls")), "calls"], [number(all("failed_calls")), "failed"], [short(all("input_tokens")), "tokens sent"], [short(all("output_tokens")), "tokens received"]];
  body.replaceChildren(
    h("div.figures", figures.map(([value, about]) => h("div.figure", h("strong", value), about))),
    all("unpriced") ? h("p.note", `${number(all("unpriced"))} calls went to models whose price is not known: what they cost is not in these sums. PRICES_FILE names a list that has it.`) : "",
    panel(title, columns(title, shown, series, say(wanted.measure))),
    panel(`All of it, by ${name.toLowerCase()}`, bars(sums.map(row => ({ name: row.name || "(none)", value: measured(row, wanted.measure), colour: colours.get(row.name || "(none)") || "var(--c9)", href: wanted.by === "tenant" && row.name ? "#tenants/" + encodeURIComponent(row.name) : "" })), say(wanted.measure)),
      h("details", h("summary", "All figures"), figuresOf(sums, name)),
      h("div.row", button("Download CSV", () => save(`usage-${wanted.from}-to-${wanted.to}.csv`, csv([["day", wanted.by, ...COLUMNS], ...rows.map(row => [row.day, row[wanted.by], ...COLUMNS.map(one => row[one])])])), "small"))));
}

const figuresOf = (sums, name) => table("All figures", [
  { name, of: row => row.name || "(none)" },
  ...[["Calls", "calls"], ["Failed", "failed_calls"], ["Requests", "attempts"], ["Tokens sent", "input_tokens"], ["Tokens received", "output_tokens"]].map(([title, key]) => ({ name: title, kind: "number", of: row => number(row[key]) })),
  { name: "Cost", kind: "number", of: row => row.unpriced && !row.cost_usd ? "unknown" : money(row.cost_usd) }, { name: "Unpriced", kind: "number", of: row => number(row.unpriced) },
], sums, "Nothing in this time.");
