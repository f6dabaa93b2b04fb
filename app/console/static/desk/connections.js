// What each process has in hand now.
import { get } from "./api.js";
import { h, moment, number, panel, table } from "./dom.js";
import { button, heading } from "./frame.js";
import { again } from "./admin.js";

const counts = found => Object.entries(found).map(([name, count]) => h("div", `${name}: ${number(count)}`));

export async function connections() {
  const found = await get("/admin/connections");
  return [
    heading("Connections", "Sockets and streams that are open now, and jobs that run, by process.", button("Look again", again)),
    h("div.figures", [[found.sockets, "sockets"], [found.streams, "streams"], [found.jobs, "jobs"], [found.processes.length, "processes"]].map(([value, name]) => h("div.figure", h("strong", number(value)), name))),
    panel("Processes", table("Processes", [
      { name: "Process", kind: "id", of: row => row.process }, { name: "Since", kind: "keep", of: row => moment(row.since) }, { name: "Sockets", of: row => counts(row.sockets) },
      { name: "Streams", of: row => counts(row.streams) }, { name: "Jobs", of: row => counts(row.jobs) },
    ], found.processes)),
  ];
}
