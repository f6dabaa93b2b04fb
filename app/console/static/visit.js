// Who is on a page: by a token that this tab keeps, else by the cookie of a browser that is signed in, else, while developing, as the demo
// person. `role` is whom the page is for; empty: everybody.
"use strict";
class Visit {
  constructor(page, role = "") {
    Object.assign(this, { key: page + " token", gone: page + " left", role, csrf: "", token: sessionStorage.getItem(page + " token") || "" });
  }

  is(what) { return document.body.dataset[what] === "on"; }
  get hasDemo() { return this.is("demo") && !sessionStorage.getItem(this.gone); }
  get mayBe() { return Boolean(this.token) || this.is("session") || this.hasDemo; }

  headers(method = "GET") {
    if (this.token) return { Authorization: "Bearer " + this.token };
    return this.csrf && method !== "GET" ? { "X-CSRF-Token": this.csrf } : {};
  }

  async ask(method, path) {
    const sent = method === "GET" ? {} : { "Content-Type": "application/json" };
    const response = await fetch(path, { method, headers: { ...this.headers(method), ...sent }, body: method === "GET" ? undefined : "{}" });
    const found = response.status === 204 ? {} : await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(new Error(found.message || found.error || `The service answered ${response.status}.`), { status: response.status });
    return found;
  }

  /** Raises when nobody is there, or somebody whom the page is not for. */
  async enter(token = "") {
    if (token) this.token = token.trim();
    if (!this.token && !this.is("session") && this.hasDemo) await this.asDemo();
    const me = await this.ask("GET", "/auth/me");
    if (this.role && me.role !== this.role) throw Object.assign(new Error(`${this.role[0].toUpperCase()}${this.role.slice(1)}s only`), { status: 403 });
    this.csrf = me.csrf_token || "";
    if (this.token) sessionStorage.setItem(this.key, this.token);
  }

  async asDemo() {
    const found = await this.ask("POST", "/api/v1/dev/demo");
    this.token = (this.role ? found.operator_token : found.token) || "";
    if (!this.token) throw Object.assign(new Error("Bring a token"), { status: 401 });
  }

  /** The session itself ends where it is the browser's own. */
  async leave() {
    if (!this.token && this.csrf) { await this.ask("POST", "/auth/sign-out"); document.body.dataset.session = "off"; }
    sessionStorage.setItem(this.gone, "yes");
  }

  forget() { this.token = this.csrf = ""; sessionStorage.removeItem(this.key); }
}
