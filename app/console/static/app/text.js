// The little of Markdown that coaches write, as elements: nothing that anybody wrote is ever read as HTML.
import { h } from "./dom.js";

const INLINE = /(\*\*[^*\n]+\*\*|__[^_\n]+__|\*[^*\s][^*\n]*\*|`[^`\n]+`|\[[^\]\n]+\]\(https?:\/\/[^\s)]+\)|https?:\/\/[^\s<>()]+[^\s<>().,;:!?])/g;

function inline(text) {
  return text.split(INLINE).filter(Boolean).map(piece => {
    if (/^(\*\*|__).+\1$/.test(piece)) return h("strong", {}, piece.slice(2, -2));
    if (/^\*[^*]+\*$/.test(piece)) return h("em", {}, piece.slice(1, -1));
    if (/^`.+`$/.test(piece)) return h("code", {}, piece.slice(1, -1));
    const named = piece.match(/^\[(.+)\]\((https?:.+)\)$/);
    const address = named ? named[2] : /^https?:/.test(piece) ? piece : "";
    return address ? h("a", { href: address, target: "_blank", rel: "noreferrer noopener" }, named ? named[1] : piece) : piece;
  });
}

const lines = text => text.split("\n").flatMap((line, place) => place ? [h("br"), ...inline(line)] : inline(line));
const KINDS = [
  [/^#{1,6}\s+(.+)$/, "h"], [/^\s*[-*•]\s+(.+)$/, "ul"], [/^\s*\d+[.)]\s+(.+)$/, "ol"], [/^>\s?(.*)$/, "blockquote"],
];

function kindOf(line) {
  for (const [rule, kind] of KINDS) { const found = line.match(rule); if (found) return [kind, found[1]]; }
  return [line.trim() ? "p" : "", line];
}

/** Neighbouring lines of one kind, together. */
function blocks(text) {
  const found = [];
  for (const line of text.replaceAll("\r", "").split("\n")) {
    const [kind, words] = kindOf(line), last = found.at(-1);
    if (last && last.kind === kind && kind !== "h") last.lines.push(words); else found.push({ kind, lines: [words] });
  }
  return found.filter(block => block.kind);
}

function shaped({ kind, lines: own }) {
  if (kind === "h") return h("h2", {}, inline(own[0]));
  if (kind === "ul" || kind === "ol") return h(kind, {}, own.map(item => h("li", {}, inline(item))));
  return h(kind, {}, lines(own.join("\n")));
}

export const written = text => blocks(text || "").map(shaped);
