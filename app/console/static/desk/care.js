// What was found in people's words, in figures; the page of care has the rest.
import { get } from "./api.js";
import { bars } from "./charts.js";
import { day, daysAgo, h, number, panel, plain } from "./dom.js";
import { heading } from "./frame.js";

export async function care() {
  const found = await get("/care/report", { from: daysAgo(29), to: day(new Date()) });
  const of = level => found.rows.filter(row => row.level === level).reduce((all, row) => all + row.count, 0);
  const by = column => bars([...new Set(found.rows.map(row => row[column]))].map(name => ({ name: plain(name || "none"), value: found.rows.filter(row => row[column] === name).reduce((all, row) => all + row.count, 0) })), number, "Nothing was found.");
  return [
    heading("Care", `From ${found.from} to ${found.to}.`, h("a.button", { href: "/care" }, "The page of care")),
    h("div.figures", [[of("crisis"), "crises"], [of("concern"), "concerns"], [of("none"), "answers that were cut"]].map(([value, name]) => h("div.figure", h("strong", number(value)), name))),
    h("div.three", panel("By category", by("category")), panel("By path", by("path")), panel("By language", by("language"))),
  ];
}
