// Line drawings of 24 by 24, in the colour of the text beside them.
import { s } from "./dom.js";

const PATHS = {
  coach: "M4 5h16v11H9l-5 4z",
  goals: "M12 3a9 9 0 1 0 9 9M12 7.5a4.5 4.5 0 1 0 4.5 4.5M12 12l8-8M17 4h3v3",
  journal: "M6 3h12v18H6zM9.5 3v18M12.5 8H15.500M12.500 12h3",
  sessions: "M12 3l2.600 5.600 6 .7-4.500 4.100 1.200 6L12 16.400 6.700 19.400l1.200-6L3.400 9.300l6-.7z",
  voice: "M12 3.500a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0V6A2.500 2.500 0 0 1 12 3.500zM6 11a6 6 0 0 0 12 0M12 17v4",
  interviews: "M3 5h11v8H8l-3 3v-3H3zM17 9h4v8h-2v3l-3-3h-5v-1.500",
  reminders: "M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15zM10 20.500h4",
  you: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20.500c.8-4 3.800-5.500 7.500-5.500s6.700 1.500 7.500 5.500",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  plus: "M12 5v14M5 12h14",
  list: "M4 6h16M4 12h16M4 18h10",
  check: "M5 12.500l4.500 4.500L19 7.500",
  trash: "M5 7h14M10 4h4M7 7l1 13h8l1-13",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.500 15.500L20 20",
  spark: "M12 3v5M12 16v5M3 12h5M16 12h5M6 6l3 3M15 15l3 3M6 18l3-3M15 9l3-3",
  back: "M15 5l-7 7 7 7",
  pen: "M4 20l1-4L16.500 4.500l3 3L8 19z",
};

export function icon(name) {
  return s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" }, s("path", { d: PATHS[name] }));
}
