// Who helps, shown wherever care found that somebody may be in danger.
import { h, link } from "./dom.js";

const callable = text => "tel:" + text.replace(/[^\d+]/g, "");

function helper(one) {
  return h("li", {}, h("strong", {}, one.name), one.hours && h("span", { class: "soft" }, ` ${one.hours}`), h("span", { class: "ways" },
    one.phone && link(callable(one.phone), one.phone), one.sms && h("span", {}, `SMS ${one.sms}`), one.url && h("a", { href: one.url, target: "_blank", rel: "noreferrer noopener" }, "Website")));
}

/** Of any answer that may carry `safety` and `resources`; null where there is nothing to tell. */
export function help(told) {
  const level = told?.safety?.level;
  if (!level || level === "none" || !told.resources?.length) return null;
  const title = level === "crisis" ? "You don't have to be alone with this." : "If you would like to talk with somebody:";
  return h("aside", { class: "care", role: "alert" }, h("strong", {}, title), h("ul", {}, told.resources.map(helper)));
}
