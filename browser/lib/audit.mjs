// What holds for every page, however it looks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** What a page loads before it can be used, as it comes over the wire. */
const WEIGHT_MAX = 100 * 1024;

/** Listens to what a page complains of and what it loads, from before it is opened. */
export function listen(page) {
  const heard = { complaints: [], loaded: [] };
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // A page about a problem has the status of the problem, and Chromium says so.
    if (message.location().url === page.url() && message.text().startsWith("Failed to load resource")) return;
    heard.complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => heard.complaints.push(`script: ${error}`));
  page.on("requestfinished", (request) => heard.loaded.push(request));
  return heard;
}

/** Opens a page, holds what all of it weighs against the bound, and answers its status. */
export async function weigh(page, heard, path) {
  const answer = await page.goto(path, { waitUntil: "load" });
  const loaded = await Promise.all(
    heard.loaded.map(async (request) => {
      const { responseHeadersSize, responseBodySize } = await request.sizes();
      return [new URL(request.url()).pathname, responseHeadersSize + responseBodySize];
    }),
  );
  const weight = loaded.reduce((sum, [, bytes]) => sum + bytes, 0);
  const list = loaded.map(([name, bytes]) => `  ${bytes} ${name}`).join("\n");
  assert.ok(weight > 0 && weight <= WEIGHT_MAX, `${path} weighs ${weight} bytes, more than ${WEIGHT_MAX}:\n${list}`);
  return answer.status();
}

/**
 * The audit of what is on the screen now: the page that was meant, with something on it; nothing that axe finds; nothing beyond the
 * page's edge; no complaint.
 */
export async function audit(page, heard, { heading, shows }) {
  const headings = await page.locator("h1").allInnerTexts();
  assert.equal(headings.length, 1, `the headings: ${headings}`);
  if (heading instanceof RegExp) assert.match(headings[0], heading);
  else assert.equal(headings[0], heading);
  assert.ok((await page.locator(shows).filter({ visible: true }).count()) > 0, `nothing of ${shows} is shown`);

  const { scrollWidth, clientWidth, beyond } = await page.evaluate(edges);
  assert.ok(scrollWidth <= clientWidth, `the page is ${scrollWidth} px wide on ${clientWidth}: ${beyond.join(", ")}`);

  await page.evaluate(AXE);
  const found = await page.evaluate((values) => {
    // The rule of WCAG 2.2 that axe leaves out unless it is named.
    const rules = { "target-size": { enabled: true } };
    return globalThis.axe.run({ runOnly: { type: "tag", values }, rules, resultTypes: ["violations"] });
  }, STANDARD);
  assert.ok(found.passes.length > 5, `axe looked at ${found.passes.length} rules`);
  assert.deepEqual(found.violations.map(inWords), [], "axe found something");
  assert.deepEqual(heard.complaints, []);
}

function inWords({ id, help, nodes }) {
  return `${id}: ${help}: ${nodes.map(({ html, failureSummary }) => `${html} (${failureSummary})`).join("; ")}`;
}

/** Runs in the page: its width, and what sticks out of it. */
function edges() {
  const { scrollWidth, clientWidth } = document.documentElement;
  const out = (element) => element.getBoundingClientRect().right > clientWidth + 1;
  const beyond = scrollWidth > clientWidth ? [...document.body.querySelectorAll("*")].filter(out).slice(0, 5) : [];
  const named = beyond.map((element) => `<${element.localName} class="${element.className}">`);
  return { scrollWidth, clientWidth, beyond: named };
}
