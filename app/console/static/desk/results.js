// A result: as it reads, and as it is.
import { h, money, number, plain } from "./dom.js";

export function read(value) {
  if (value === null || value === undefined || value === "") return h("span.soft", "–");
  if (Array.isArray(value)) return value.length ? h("ul", value.map(one => h("li", read(one)))) : h("span.soft", "none");
  if (typeof value === "object") return h("dl", Object.entries(value).map(([name, its]) => [h("dt", plain(name.replace(/([a-z])([A-Z])/g, "$1 $2")).toLowerCase()), h("dd", read(its))]));
  return typeof value === "boolean" ? (value ? "yes" : "no") : String(value);
}

export const json = value => h("pre", { tabindex: "0" }, JSON.stringify(value, null, 2));

// What it took: the time on the way included, where it is known.
export function cost(about, ms) {
  const tags = [[about.model, ""], [`${number(about.tokens_used)} tokens`, ""], [about.cost_usd === null || about.cost_usd === undefined ? "cost not known" : money(about.cost_usd), about.cost_usd === null ? "wait" : ""],
    [`${((about.processing_time_ms ?? 0) / 1000).toFixed(1)} s`, ""], ms ? [`${(ms / 1000).toFixed(1)} s with the way`, ""] : null, about.finish_reason && about.finish_reason !== "stop" ? [plain(about.finish_reason), "wait"] : null,
    about.safety && about.safety.level !== "none" ? [`care: ${about.safety.level}`, "wait"] : null].filter(Boolean);
  return [h("div.tags", tags.map(([text, kind]) => h("span.tag" + (kind ? "." + kind : ""), text))), about.missing?.length ? h("p.note", `Could not be read: ${about.missing.join(", ")}.`) : null];
}

export const prompts = given => h("div", { style: { display: "flex", "flex-direction": "column", gap: ".8rem" } }, Object.entries(given).map(([kind, text]) => [h("h3", plain(kind)), h("pre", { tabindex: "0" }, text)]));
