// A face whose mouth follows the visemes of what is heard.
import { s } from "./dom.js";

const COLUMNS = { jaw: 0, funnel: 1, close: 2, pucker: 3, stretchLeft: 12, stretchRight: 13 };

export function face() {
  const lips = s("path", { class: "lips" }), inside = s("path", { class: "inside" });
  const element = s("svg", { viewBox: "0 0 200 200", class: "face", role: "img", "aria-label": "The coach" },
    s("circle", { cx: 100, cy: 100, r: 92, class: "head" }), s("circle", { cx: 66, cy: 82, r: 7, class: "eye" }), s("circle", { cx: 134, cy: 82, r: 7, class: "eye" }), inside, lips);
  const draw = row => { const [outer, inner] = mouth(row); lips.setAttribute("d", outer); inside.setAttribute("d", inner); };
  draw([]);
  return { element, rest: () => draw([]), follow: (sound, frame, isOn) => follow(sound, frame, isOn, draw) };
}

function mouth(row) {
  const value = name => row[COLUMNS[name]] || 0, middle = 130;
  const open = Math.max(0, value("jaw") - value("close") * 0.6) * 34;
  const half = 36 - Math.max(value("pucker"), value("funnel")) * 18 + (value("stretchLeft") + value("stretchRight")) * 5;
  const [left, right, up, down] = [100 - half, 100 + half, middle - open * 0.4, middle + open];
  const smile = open > 2 ? down + 8 : middle + 16;
  return [open > 2 ? `M ${left} ${middle} Q 100 ${up - 6} ${right} ${middle} Q 100 ${smile} ${left} ${middle} Z` : `M ${left} ${middle} Q 100 ${smile} ${right} ${middle}`, open > 2 ? `M ${left + 6} ${middle} Q 100 ${up} ${right - 6} ${middle} Q 100 ${down} ${left + 6} ${middle} Z` : ""];
}

function follow(sound, frame, isOn, draw) {
  const times = frame.viseme_times || [];
  const step = () => {
    if (!isOn()) return;
    const scale = sound.duration && times.length ? times.at(-1) / sound.duration : 1;
    draw(frame.viseme?.[placeOf(times, sound.currentTime * scale)] || []);
    requestAnimationFrame(step);
  };
  step();
}

function placeOf(times, at) {
  let low = 0, high = times.length - 1;
  while (low < high) { const middle = (low + high + 1) >> 1; if (times[middle] <= at) low = middle; else high = middle - 1; }
  return Math.max(0, low);
}
