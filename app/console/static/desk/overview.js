// The state of the service on one page.
import { get } from "./api.js";
import { columns, days } from "./charts.js";
import { daysAgo, day, h, money, number, panel, short } from "./dom.js";
import { heading } from "./frame.js";
import { spread } from "./usage.js";

const figure = (name, value, href, bad) => h("a.figure" + (bad ? ".bad" : ""), { href }, h("strong", value), name);
const sum = (rows, what) => rows.reduce((all, row) => all + row[what], 0);

export async function overview() {
  const today = day(new Date()), first = daysAgo(29);
  const [spent, work, hands, known, care] = await Promise.all([
    get("/admin/usage", { from: first, to: today, by: "day,model" }), get("/admin/jobs", { limit: 1 }), get("/admin/connections"), get("/admin/models"),
    get("/care/report", { from: first, to: today }),
  ]);
  const now = spent.rows.filter(row => row.day === today), month = spent.rows.filter(row => row.day.startsWith(today.slice(0, 7)));
  const broken = known.models.filter(one => one.breakers.some(it => it.state !== "closed" || it.fault)), crises = sum(care.rows.filter(row => row.level === "crisis"), "count");
  const shown = days(first, today);
  return [
    heading("Overview", "The last thirty days; days are those of UTC."),
    h("div.figures",
      figure("spent today", money(sum(now, "cost_usd")), "#usage"), figure("this month", money(sum(month, "cost_usd")), "#usage"),
      ...(sum(month, "unpriced") ? [figure("unpriced this month", number(sum(month, "unpriced")), "#usage", true)] : []),
      figure("model calls today", number(sum(now, "calls")), "#usage"), figure("of them failed", number(sum(now, "failed_calls")), "#usage", sum(now, "failed_calls") > 0),
      figure("jobs waiting", number(work.counts.queued), "#jobs"), figure("jobs failed", number(work.counts.failed), "#jobs", work.counts.failed > 0),
      figure("sockets open", number(hands.sockets), "#connections"), figure("streams now", number(hands.streams), "#connections"),
      figure(broken.length === 1 ? "model resting" : "models resting", number(broken.length), "#models", broken.length > 0), figure("crises found", number(crises), "#care")),
    panel("Spending by model", columns("Spending by model", shown, spread(spent.rows, shown, "model", "cost_usd"), money)),
    panel("Calls by model", columns("Calls by model", shown, spread(spent.rows, shown, "model", "calls"), short)),
  ];
}
