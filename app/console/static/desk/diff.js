// What is different between two texts, line by line.
import { h } from "./dom.js";

const MOST = 4e6;  // cells of the table; longer texts are shown whole

export function difference(before, after) {
  const old = before.split("\n"), fresh = after.split("\n");
  let head = 0, foot = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  while (foot < old.length - head && foot < fresh.length - head && old.at(-1 - foot) === fresh.at(-1 - foot)) foot++;
  const same = line => [" ", line];
  return [...old.slice(0, head).map(same), ...middle(old.slice(head, old.length - foot), fresh.slice(head, fresh.length - foot)), ...old.slice(old.length - foot).map(same)];
}

// By the longest common subsequence.
function middle(old, fresh) {
  if (old.length * fresh.length > MOST) return [...old.map(line => ["-", line]), ...fresh.map(line => ["+", line])];
  const rest = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i--) for (let j = fresh.length - 1; j >= 0; j--) rest[i][j] = old[i] === fresh[j] ? rest[i + 1][j + 1] + 1 : Math.max(rest[i + 1][j], rest[i][j + 1]);
  const found = [];
  let i = 0, j = 0;
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) { found.push([" ", old[i++]]); j++; }
    else if (i < old.length && (j === fresh.length || rest[i + 1][j] >= rest[i][j + 1])) found.push(["-", old[i++]]);
    else found.push(["+", fresh[j++]]);
  }
  return found;
}

const KINDS = { "+": "added", "-": "gone", " ": "same" };

export function diff(before, after) {
  if (before === after) return h("p.empty", "No difference.");
  return h("pre.diff", { tabindex: "0", "aria-label": "Differences" }, difference(before, after).map(([kind, line]) => h("span." + KINDS[kind], `${kind} ${line}`)));
}
