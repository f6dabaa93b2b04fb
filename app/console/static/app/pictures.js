// Progress and moods as pictures. Each says in words what it shows.
import { h, isoDay, many, s, shown } from "./dom.js";

const TURN = 2 * Math.PI;

export function ring(percent, size = 64) {
  const radius = 26, whole = TURN * radius;
  return s("svg", { viewBox: "0 0 64 64", width: size, height: size, class: "ring", role: "img", "aria-label": `${percent} percent done` },
    s("circle", { cx: 32, cy: 32, r: radius, class: "track" }), percent > 0 && s("circle", { cx: 32, cy: 32, r: radius, class: "done", "stroke-dasharray": `${whole * percent / 100} ${whole}`, transform: "rotate(-90 32 32)" }),
    s("text", { x: 32, y: 33, "text-anchor": "middle", "dominant-baseline": "middle", "aria-hidden": "true" }, `${percent}%`));
}

/** The way to a goal: milestones in their order, today's place on it, the day it is for. */
export function path(goal) {
  const steps = goal.milestones, width = 640, places = steps.map((_, place) => [40 + place * (width - 120) / Math.max(1, steps.length), 62 - 22 * Math.sin((place + .5) * 1.3)]);
  const end = [width - 40, 34], all = [[12, 74], ...places, end], done = steps.filter(step => step.completed).length;
  const curve = points => points.map(([x, y], at) => at ? `C ${(points[at - 1][0] + x) / 2} ${points[at - 1][1]} ${(points[at - 1][0] + x) / 2} ${y} ${x} ${y}` : `M ${x} ${y}`).join(" ");
  const told = `${done} of ${many(steps.length, "milestone")} reached: ${steps.map(step => `${step.title}${step.completed ? ", reached" : ""}`).join("; ")}`;
  const last = goal.status === "completed" ? all.length : steps.findLastIndex(step => step.completed) + 2;
  return s("svg", { viewBox: `0 0 ${width} 96`, class: "path", role: "img", "aria-label": told },
    s("path", { d: curve(all), class: "track" }), last > 1 && s("path", { d: curve(all.slice(0, last)), class: "done" }),
    places.map(([x, y], at) => s("circle", { cx: x, cy: y, r: 8, class: steps[at].completed ? "on" : "" }, s("title", {}, steps[at].title))),
    s("path", { d: `M ${end[0]} ${end[1] + 12} v -32 l 22 8 -22 8`, class: "flag" }));
}

const LEVELS = ["", "hard", "low", "level", "good", "bright"];
export const levelOf = average => average === null || average === undefined ? 0 : Math.max(1, Math.min(5, Math.round(average)));

/** A calendar of moods: a column for each week, a square for each day. */
export function heatMap(moods, onday) {
  const today = isoDay(new Date()), cells = moods.weeks.flatMap((week, column) => week.days.map((day, row) => cell(day, row, column, today, onday)));
  const months = moods.weeks.map((week, column) => [column, week.days[0].date]).filter(([column, day], at, all) => !at || day.slice(5, 7) !== all[at - 1][1].slice(5, 7));
  const columns = moods.weeks.length;
  return h("div", { class: "heat", style: `--weeks:${columns}` },
    h("div", { class: "months", "aria-hidden": "true" }, months.map(([column, day]) => h("span", { style: `grid-column:${column + 1}` }, shown(day + "T12:00", "month")))),
    h("div", { class: "days", role: "group", ariaLabel: "Moods, day by day" }, cells),
    h("p", { class: "legend" }, "hard", [1, 2, 3, 4, 5].map(level => h("i", { class: "mood-" + level })), "bright"));
}

function cell(day, row, column, today, onday) {
  const level = levelOf(day.average), place = `grid-area:${row + 1}/${column + 1}`;
  if (day.date > today) return h("span", { style: place, class: "day later" });
  if (!day.entry_count) return h("span", { style: place, class: "day" });
  const words = Object.keys(day.moods).join(", ");
  const told = `${shown(day.date + "T12:00", "day")}: ${words || many(day.entry_count, "entry", "entries")}${level ? ` (${LEVELS[level]})` : ""}`;
  return h("button", { type: "button", style: place, class: `day mood-${level}`, title: told, ariaLabel: told, onclick: () => onday(day.date) });
}
