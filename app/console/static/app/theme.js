// Light, dark, or as the system is.
const KEY = "theme";

export const theme = () => localStorage.getItem(KEY) || "";

export function applyTheme(chosen = theme()) {
  if (chosen) localStorage.setItem(KEY, chosen); else localStorage.removeItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen; else delete document.documentElement.dataset.theme;
}
