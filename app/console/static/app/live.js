// What happens meanwhile: the event socket, which tells of reminders.
import { socketToken, socketUrl } from "./api.js";
import { toast } from "./dom.js";

const LONGEST = 60000;  // milliseconds between two tries
const heard = new EventTarget();
let last = "", tries = 0;

export const on = (type, act, signal) => heard.addEventListener(type, event => act(event.detail), { signal });

export function follow() {
  const socket = new WebSocket(socketUrl("/ws"));
  socket.onopen = () => {
    tries = 0;
    if (socketToken()) socket.send(JSON.stringify({ action: "auth", token: socketToken() }));
    if (last) socket.send(JSON.stringify({ action: "resume", after: last }));
  };
  socket.onmessage = message => {
    const event = JSON.parse(message.data);
    if (event.id) last = event.id;
    heard.dispatchEvent(new CustomEvent(event.type, { detail: event.data }));
  };
  socket.onclose = end => { if (end.code !== 4401) setTimeout(follow, Math.min(LONGEST, 1000 * 2 ** tries++)); };
}

on("reminder.due", due => toast(due.text || "A reminder is due.", { label: "Look", act: () => { location.hash = due.session_id ? `#/coach/${due.session_id}` : "#/reminders"; }, stays: 20000 }));
