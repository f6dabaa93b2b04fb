// A request as it is written elsewhere. The token is read from the environment: none is ever in the text.
import { h, tabs } from "./dom.js";
import { button, tell } from "./frame.js";

const EXECUTE = "/ai/execute";
const quoted = text => `'${text.replaceAll("'", `'\\''`)}'`;
const indented = (value, by) => JSON.stringify(value, null, 4).replaceAll("\n", "\n" + by);

// JSON as Python writes it: outside of texts, three words differ.
const python = value => indented(value, "    ").replace(/"(?:[^"\\]|\\.)*"|\b(?:true|false|null)\b/g, found => ({ true: "True", false: "False", null: "None" })[found] ?? found);

const WAYS = {
  curl: (url, body) => `curl ${url} \\\n  -H "Authorization: Bearer $COACHHOUSE_TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d ${quoted(JSON.stringify(body))}\n`,
  Python: (url, body) => `import os\n\nimport requests\n\nresponse = requests.post(\n    "${url}",\n    headers={"Authorization": f"Bearer {os.environ['COACHHOUSE_TOKEN']}"},\n    json=${python(body)},\n    timeout=120,\n)\nresponse.raise_for_status()\nprint(response.json()["data"])\n`,
  JavaScript: (url, body) => `const response = await fetch("${url}", {\n    method: "POST",\n    headers: { Authorization: \`Bearer \${process.env.COACHHOUSE_TOKEN}\`, "Content-Type": "application/json" },\n    body: JSON.stringify(${indented(body, "    ")}),\n});\nif (!response.ok) throw new Error(await response.text());\nconsole.log((await response.json()).data);\n`,
};

export const snippets = (body, path = EXECUTE) => tabs("Languages", Object.entries(WAYS).map(([name, write]) => [name, () => {
  const text = write(`${location.origin}/api/v1${path}`, body);
  return [h("pre", { tabindex: "0" }, text), h("div.row", button("Copy", async () => { await navigator.clipboard.writeText(text); tell("Copied.", "good"); }, "small"))];
}]));
