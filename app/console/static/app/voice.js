// Talking aloud: hold to speak, a face that says the answer, and the words beside it.
import { get, socketToken, socketUrl } from "./api.js";
import { announce, button, empty, h } from "./dom.js";
import { face } from "./face.js";
import { help } from "./care.js";
import { icon } from "./icons.js";
import { written } from "./text.js";

const LISTENING = "Listening…", READY = "Hold the button and speak, or press the space bar.";

export async function show(root) {
  const { coaches } = await get("/api/v1/voice/coaches");
  if (!coaches.length) return root.append(empty("Nobody to talk with now.", "Your team has put its coaches to rest."));
  const talk = new Talk(root, coaches);
  talk.open();
  return () => talk.close();
}

class Talk {
  constructor(root, coaches) {
    Object.assign(this, { root, queue: [], playing: null, recorder: null, held: false, answer: null, socket: null, closed: false });
    this.face = face();
    this.state = h("p", { class: "soft", role: "status" });
    this.log = h("div", { class: "log", tabIndex: 0, role: "log", "aria-live": "polite", ariaLabel: "What was said" });
    this.agent = h("select", { ariaLabel: "Who talks with you", onchange: () => this.connect() }, coaches.map(one => h("option", { value: one.id }, one.name)));
    this.mute = h("input", { type: "checkbox", onchange: () => { this.send({ type: this.mute.checked ? "mute_audio" : "unmute_audio" }); if (this.mute.checked) this.quiet(); } });
    this.talk = h("button", { type: "button", class: "talkbutton", ariaLabel: "Hold to speak", disabled: true }, icon("voice"));
    this.text = h("input", { maxLength: 2000, placeholder: "Or write", ariaLabel: "Or write", disabled: true });
  }

  open() {
    const say = event => { event.preventDefault(); const text = this.text.value.trim(); if (text) this.ask({ type: "text_query", text, local_time: new Date().toLocaleString() }); this.text.value = ""; };
    this.root.replaceChildren(h("header", { class: "top" }, h("h1", { tabIndex: -1 }, "Voice"), h("div", { class: "tools" }, this.agent, h("label", { class: "check" }, this.mute, "No sound"))),
      h("section", { class: "stage" }, this.face.element, this.talk, this.state), this.log, h("form", { class: "composer", onsubmit: say }, this.text, button(icon("stop"), () => { this.send({ type: "stop_audio" }); this.quiet(); }, "round", { ariaLabel: "Be quiet" }), h("button", { class: "round primary", ariaLabel: "Send" }, icon("send"))));
    const press = event => event.key === " " || event.key === "Enter";
    this.talk.addEventListener("pointerdown", event => { event.preventDefault(); this.talk.focus(); this.record(); });
    for (const end of ["pointerup", "pointerleave", "pointercancel", "blur"]) this.talk.addEventListener(end, () => this.finish());
    this.talk.addEventListener("keydown", event => { if (press(event)) { event.preventDefault(); if (!event.repeat) this.record(); } });
    this.talk.addEventListener("keyup", event => { if (press(event)) this.finish(); });
    this.talk.addEventListener("contextmenu", event => event.preventDefault());
    this.connect();
  }

  close() { this.closed = true; this.socket?.close(); this.quiet(); this.finish(); }

  connect() {
    this.socket?.close();
    this.quiet(); this.log.replaceChildren(); this.able(false); this.state.textContent = "Connecting…";
    this.dial();
  }

  /** The thread is the person's own, whatever the connection does: the talk goes on. */
  dial() {
    const url = socketUrl("/ws/voice/"), token = socketToken();
    for (const [name, value] of Object.entries({ bot_id: this.agent.value, website_language: navigator.language.slice(0, 2), ...(token && { access_token: token }) })) url.searchParams.set(name, value);
    const socket = this.socket = new WebSocket(url);
    socket.onmessage = message => { if (socket === this.socket) this.hear(JSON.parse(message.data)); };
    socket.onclose = end => {
      if (socket !== this.socket || this.closed) return;
      this.able(false);
      this.state.textContent = end.code >= 4000 ? end.reason || "The coach is not here." : "The connection is lost. Trying again…";
      if (end.code < 4000) setTimeout(() => { if (socket === this.socket && !this.closed) this.dial(); }, 2000);
    };
  }

  able(on) { this.talk.disabled = this.text.disabled = !on; if (on) this.state.textContent = READY; }
  send(frame) { if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(frame)); }
  ask(frame) { this.quiet(); this.state.textContent = "Thinking…"; this.send({ ...frame, muteAudio: this.mute.checked }); }

  hear(frame) {
    if (frame.type === "connected") this.able(true);
    if (frame.type === "text_query") this.line("mine", frame.text);
    if (frame.type === "response_start") { this.quiet(); this.answer = null; this.state.textContent = "Answering…"; }
    if (frame.type === "text_token") this.grow(frame.token);
    if (frame.type === "audio_response") { this.queue.push(frame); this.play(); }
    if (frame.type === "response_done") this.state.textContent = READY;
    if (frame.type === "safety") this.log.append(help({ safety: frame, resources: frame.resources }) || "");
    if (frame.type === "error") { this.state.textContent = frame.message; announce(frame.message); }
  }

  line(kind, text) {
    const words = h("div", { class: "words" }, h("p", {}, text));
    this.log.append(h("article", { class: "said " + kind, ariaLabel: kind === "mine" ? "You said" : "The coach said" }, words));
    this.log.scrollTop = this.log.scrollHeight;
    return { words, text };
  }

  grow(piece) {
    this.answer ||= this.line("coach", "");
    this.answer.words.replaceChildren(...written(this.answer.text += piece));
    this.log.scrollTop = this.log.scrollHeight;
  }

  play() {
    if (this.playing || !this.queue.length) return;
    const frame = this.queue.shift();
    if (!frame.audio) return this.play();
    const sound = new Audio(`data:audio/${frame.audio_format};base64,${frame.audio}`), next = () => { if (this.playing !== sound) return; this.playing = null; this.face.rest(); this.play(); };
    this.playing = sound;
    sound.onended = sound.onerror = next;
    sound.play().then(() => this.face.follow(sound, frame, () => this.playing === sound)).catch(next);
  }

  quiet() { this.queue = []; this.playing?.pause(); this.playing = null; this.face.rest(); }

  async record() {
    if (this.held || this.talk.disabled) return;
    this.held = true;
    this.quiet();
    const stream = await navigator.mediaDevices?.getUserMedia({ audio: true }).catch(() => null);
    if (!stream) { this.held = false; this.state.textContent = "There is no microphone, or it may not be used here. You can write instead."; return; }
    if (!this.held) return stream.getTracks().forEach(track => track.stop());  // let go while the browser was still asking
    const parts = [], recorder = this.recorder = new MediaRecorder(stream);
    recorder.ondataavailable = event => parts.push(event.data);
    recorder.onstop = () => { stream.getTracks().forEach(track => track.stop()); if (!this.closed) this.heard(new Blob(parts, { type: recorder.mimeType })); };
    recorder.start();
    this.talk.classList.add("on");
    this.state.textContent = LISTENING;
  }

  heard(blob) {
    const reader = new FileReader();
    reader.onload = () => this.ask({ type: "audio_query", audio: reader.result, format: blob.type.includes("mp4") ? "mp4" : "webm" });
    reader.readAsDataURL(blob);
  }

  finish() {
    this.held = false;
    this.talk.classList.remove("on");
    if (this.recorder?.state === "recording") this.recorder.stop();
  }
}
