// A small reader of HTML, for pages of ours: strict where browsers forgive, so that what is not closed is found.

const EMPTY = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
const RAW = new Set(["script", "style", "textarea", "title"]);
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const TAG = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gy;
const ATTRIBUTE = /([^\s=/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

/** Reads a whole page; an error says what is not closed. */
export function read(html) {
  const root = new Element("#page", new Map(), null);
  let [open, at] = [root, 0];
  while (at < html.length) {
    const next = html.indexOf("<", at);
    const end = next < 0 ? html.length : next;
    if (end > at) open.children.push(decode(html.slice(at, end)));
    if (next < 0) break;
    TAG.lastIndex = next;
    const found = TAG.exec(html);
    if (!found) throw new Error(`no tag: ${html.slice(next, next + 60)}`);
    at = TAG.lastIndex;
    const name = found[2]?.toLowerCase();
    if (!name) continue;
    if (found[1]) {
      if (open.name !== name) throw new Error(`</${name}> closes <${open.name}>: ${html.slice(next - 60, at)}`);
      open = open.parent;
      continue;
    }
    const element = new Element(name, attributes(found[3]), open);
    open.children.push(element);
    // Within a drawing "/" closes.
    if (EMPTY.has(name) || found[3].endsWith("/")) continue;
    if (!RAW.has(name)) {
      open = element;
      continue;
    }
    const close = html.indexOf(`</${name}>`, at);
    if (close < 0) throw new Error(`<${name}> is not closed`);
    element.children.push(decode(html.slice(at, close)));
    at = close + name.length + 3;
  }
  if (open !== root) throw new Error(`<${open.name}> is not closed`);
  return root;
}

function attributes(text) {
  const pairs = [...text.matchAll(ATTRIBUTE)].map(([, name, ...values]) => {
    return [name.toLowerCase(), decode(values.find((value) => value !== undefined) ?? "")];
  });
  return new Map(pairs);
}

function decode(text) {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex ? parseInt(hex, 16) : parseInt(decimal, 10));
  });
}

class Element {
  constructor(name, attributes, parent) {
    Object.assign(this, { name, attributes, parent, children: [] });
  }

  /** An attribute, or nothing. */
  get(name) {
    return this.attributes.get(name);
  }

  has(name) {
    return this.attributes.has(name);
  }

  /** Its text, with spaces as they are shown. */
  get text() {
    const inner = (node) => (typeof node === "string" ? node : node.children.map(inner).join(""));
    return inner(this).replace(/\s+/g, " ").trim();
  }

  /** The elements within it, in the order of the page. */
  *within() {
    for (const child of this.children) {
      if (typeof child === "string") continue;
      yield child;
      yield* child.within();
    }
  }

  /** Those that a selector names. */
  all(selector) {
    const ways = selector.split(",").map((way) => way.trim().split(/\s+/).map(step));
    return [...this.within()].filter((element) => ways.some((steps) => matches(element, steps)));
  }

  /** The one that a selector names. */
  one(selector) {
    const found = this.all(selector);
    if (found.length !== 1) throw new Error(`${found.length} of ${selector}`);
    return found[0];
  }

  /** The nearest element around it with this name. */
  around(name) {
    for (let at = this.parent; at; at = at.parent) if (at.name === name) return at;
    return null;
  }
}

const STEP = /^([\w-]+|\*)?((?:#[\w-]+|\.[\w-]+|\[[\w-]+(?:=[^\]]+)?\])*)$/;

/** One step of a selector: name, `#id`, `.class`, `[attribute]`, `[attribute=value]`. */
function step(text) {
  const found = STEP.exec(text);
  if (!found) throw new Error(`${text}: selectors of pages are simple: name, #id, .class, [attribute=value], within`);
  const tests = [...found[2].matchAll(/#([\w-]+)|\.([\w-]+)|\[([\w-]+)(?:=["']?([^\]"']+)["']?)?\]/g)];
  return (element) =>
    (!found[1] || found[1] === "*" || element.name === found[1]) &&
    tests.every(([, id, group, name, value]) => {
      if (id) return element.get("id") === id;
      if (group) return element.get("class")?.split(/\s+/).includes(group);
      return value === undefined ? element.has(name) : element.get(name) === value;
    });
}

function matches(element, steps) {
  if (!steps.at(-1)(element)) return false;
  if (steps.length === 1) return true;
  for (let at = element.parent; at; at = at.parent) if (matches(at, steps.slice(0, -1))) return true;
  return false;
}
