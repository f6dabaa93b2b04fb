// A topic's parameters as a form, and what is filled in as the API takes it.
import { field, h, newId, plain } from "./dom.js";

const WIDE = new Set(["array", "object", "any"]), NUMBERS = { integer: "1", number: "any" };
const LINES = { array: "One a line, or JSON", object: "JSON", any: "Text or JSON" };

export class Bad extends Error {}

function input(parameter) {
  if (NUMBERS[parameter.type]) return h("input", { type: "number", step: NUMBERS[parameter.type], required: parameter.required });
  if (WIDE.has(parameter.type)) return h("textarea.mono", { rows: "4", required: parameter.required, placeholder: LINES[parameter.type], spellcheck: "false" });
  return h("textarea", { rows: "2", required: parameter.required });
}

function read(parameter, text) {
  if (NUMBERS[parameter.type]) return Number(text);
  if (!WIDE.has(parameter.type)) return text;
  try { return JSON.parse(text); } catch {
    if (parameter.type === "object" || /^\s*[{[]/.test(text)) throw new Bad("This is not JSON.");
    return parameter.type === "array" ? text.split("\n").map(line => line.trim()).filter(Boolean) : text;
  }
}

const written = value => value === undefined || value === null ? "" : typeof value === "string" ? value : Array.isArray(value) && value.every(one => typeof one === "string" && one && !one.includes("\n")) ? value.join("\n") : JSON.stringify(value, null, 2);

// { element, values(), fill(values) }; `values` raises `Bad` and shows where.
export function parameterForm(parameters) {
  const parts = parameters.map(parameter => {
    const element = input(parameter), fault = h("span.fault", { id: newId(), hidden: true });
    const label = field("", element, { hint: parameter.description });
    label.firstChild.replaceChildren(h("b", plain(parameter.name)), parameter.required ? "" : " (may be left out)");
    label.append(fault);
    return { parameter, element, fault, label };
  });
  function value({ parameter, element, fault }) {
    fault.hidden = true; element.removeAttribute("aria-invalid");
    try { return element.value.trim() === "" ? undefined : read(parameter, element.value); } catch (error) {
      fault.textContent = error.message; fault.hidden = false; element.setAttribute("aria-invalid", "true"); element.focus();
      throw new Bad(`${plain(parameter.name)}: ${error.message}`);
    }
  }
  return {
    element: h("div", { style: { display: "flex", "flex-direction": "column", gap: ".8rem" } }, parts.length ? parts.map(part => part.label) : h("p.soft", "It takes nothing: what its prompt needs is read from the workspace.")),
    values: () => Object.fromEntries(parts.map(part => [part.parameter.name, value(part)]).filter(([, its]) => its !== undefined)),
    fill: given => parts.forEach(part => { part.element.value = written(given[part.parameter.name]); }),
  };
}
