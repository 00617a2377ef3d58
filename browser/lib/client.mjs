// A browser that runs no script: it follows links, keeps cookies, and sends the forms of pages as they came.
import { read } from "./html.mjs";

const FOLLOWED = 5;

export class Client {
  #url;
  #cookies = new Map();

  constructor(url) {
    this.#url = url;
  }

  /** The cookies that it was given, for a browser to go on with. */
  get cookies() {
    return [...this.#cookies].map(([name, value]) => ({ name, value }));
  }

  /** Looks at a page, and at where it leads to. */
  get(path) {
    return this.#ask(path, {});
  }

  /**
   * Sends a form of a page, named by a selector or found already, with these fields in the place of those that it has. `press` names the
   * button, where there are several: by its `name` or its words.
   */
  send(page, form, fields = {}, press) {
    const element = typeof form === "string" ? page.root.one(form) : form;
    const entries = contents(element, press);
    for (const [name, value] of Object.entries(fields)) {
      if (!fieldsOf(element).some((field) => field.get("name") === name)) throw new Error(`the form has no field ${name}`);
      for (let at = entries.length - 1; at >= 0; at--) if (entries[at][0] === name) entries.splice(at, 1);
      entries.push(...[value].flat().map((one) => [name, one]));
    }
    const body = new URLSearchParams(entries);
    const action = element.get("action") ?? page.path;
    if (element.get("method")?.toLowerCase() === "post") return this.#ask(action, { method: "POST", body }, page);
    return this.get(`${action.split("?")[0]}?${body}`);
  }

  /** Sends a form of a page with a file in its one field for files. */
  bring(page, form, name, text) {
    const element = page.root.one(form);
    const body = new FormData();
    for (const field of fieldsOf(element)) {
      const value = field.get("type") === "file" ? new File([text], name, { type: "text/csv" }) : (field.get("value") ?? "");
      if (field.get("name")) body.append(field.get("name"), value);
    }
    return this.#ask(element.get("action"), { method: "POST", body }, page);
  }

  async #ask(path, request, from) {
    let [to, what] = [path, request];
    for (let times = 0; times < FOLLOWED; times++) {
      const answer = await fetch(new URL(to, this.#url), { ...what, redirect: "manual", headers: this.#headers(what, from) });
      this.#keep(answer);
      const html = await answer.text();
      if (answer.status !== 303) return new Page(to, answer, html);
      [to, what] = [answer.headers.get("location"), {}];
    }
    throw new Error(`${path} leads on and on`);
  }

  #headers(what, from) {
    const headers = { accept: "text/html", "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Lynx/2.9" };
    if (what.body) Object.assign(headers, { origin: this.#url, referer: new URL(from.path, this.#url).href });
    const cookies = this.cookies.map(({ name, value }) => `${name}=${value}`);
    return cookies.length ? { ...headers, cookie: cookies.join("; ") } : headers;
  }

  #keep(answer) {
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }
}

class Page {
  constructor(path, answer, html) {
    Object.assign(this, { path, status: answer.status, headers: answer.headers, html });
  }

  #root;
  /** Its elements. */
  get root() {
    return (this.#root ??= read(this.html));
  }

  /** The text of the one heading. */
  get heading() {
    return this.root.one("h1").text;
  }
}

const fieldsOf = (form) => form.all("input, select, textarea, button");

/** What a browser would send of a form that nobody touched. */
function contents(form, press) {
  const entries = [];
  let pressed = press === undefined;
  for (const field of fieldsOf(form)) {
    const [name, type] = [field.get("name"), field.get("type")];
    if (field.name === "button") {
      const meant = !pressed && [name, field.text].includes(press);
      if (meant && name) entries.push([name, field.get("value") ?? ""]);
      pressed ||= meant;
    } else if (!name || field.has("disabled")) {
      continue;
    } else if (field.name === "textarea") {
      entries.push([name, field.text]);
    } else if (field.name === "select") {
      const options = field.all("option");
      const chosen = options.filter((option) => option.has("selected"));
      for (const option of chosen.length || field.has("multiple") ? chosen : options.slice(0, 1)) {
        entries.push([name, option.get("value") ?? option.text]);
      }
    } else if (type !== "checkbox" && type !== "radio") {
      entries.push([name, field.get("value") ?? ""]);
    } else if (field.has("checked")) {
      entries.push([name, field.get("value") ?? "on"]);
    }
  }
  if (!pressed) throw new Error(`the form has no button ${press}`);
  return entries;
}
