// Models in their order: price, health, breakers.
import { get } from "./api.js";
import { h, money, number, panel, plain, table } from "./dom.js";
import { button, heading } from "./frame.js";
import { again } from "./admin.js";

const KINDS = { closed: "good", open: "bad", half_open: "wait" };
const breaker = one => h("span.tag." + (one.fault ? "bad" : KINDS[one.state] || "wait"), { title: one.process }, one.fault ? plain(one.fault) : one.state === "closed" ? "well" : one.state === "open" ? "resting" : "being tried");
const rate = row => row.calls ? `${number(row.failed_calls)} (${Math.round(row.failed_calls / row.calls * 100)} %)` : "0";

export async function models() {
  const found = await get("/admin/models");
  return [
    heading("Models", "In the order in which they are asked: the next one is when one rests or fails before its first word. LLM_MODELS sets it.", button("Look again", again)),
    panel("Order and health", table("Models", [
      { name: "Order", kind: "number", of: row => found.models.indexOf(row) + 1 }, { name: "Model", of: row => h("b", row.model) },
      { name: "Each process", of: row => h("div.tags", row.breakers.map(breaker)) },
      { name: "Calls in the last hour", kind: "number", of: row => number(row.calls) }, { name: "Failed", kind: "number", of: rate },
      { name: "Median time", kind: "number", of: row => row.median_ms === null ? "–" : `${(row.median_ms / 1000).toFixed(1)} s` },
      { name: "Price of a million tokens", kind: "keep", of: row => row.price ? `${money(row.price.input)} sent, ${money(row.price.output)} received` : h("span.tag.wait", "not known") },
    ], found.models), h("p.soft", `Prices as of ${found.prices_as_of}. A model without one is counted as unpriced, and by budgets as the dearest. PRICES_FILE names another list.`)),
  ];
}
