// The tools of these tests find what they are there to find: pages that are wrong on purpose.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { audit, listen, weigh } from "../lib/audit.mjs";
import { LOOKS, launch, open } from "../lib/chromium.mjs";
import { Client } from "../lib/client.mjs";
import { read } from "../lib/html.mjs";
import { pages } from "../pages.mjs";

const browser = await launch();
after(() => browser.close());

/** A house that nobody lives in: pages are made up. */
const nowhere = { url: "http://127.0.0.1:1", client: async () => new Client("") };
const meant = { heading: "People", shows: "li" };
const MAIN = "<h1>People</h1><ul><li>Adaeze</li></ul><p><a href='/next'>Next</a></p><form><label>Name <input name=n></label></form>";

/** Looks at a made-up page. */
async function look(main, { headers = {}, files = {} } = {}) {
  const page = await open(browser, nowhere, undefined, LOOKS[1]);
  const html = `<!doctype html><html lang=en><title>People</title><meta name=viewport content="width=device-width"><main>${main}</main></html>`;
  await page.route("**/*", (route) => {
    const body = files[new URL(route.request().url()).pathname];
    if (body) return route.fulfill({ body, contentType: "text/css" });
    return route.fulfill({ body: html, contentType: "text/html", headers });
  });
  const heard = listen(page);
  try {
    await weigh(page, heard, "/people");
    await audit(page, heard, meant);
  } finally {
    await page.context().close();
  }
}

test("a page that is right passes", () => look(MAIN));

test("what is wrong with a page is found", async () => {
  const wrong = {
    "another page": [MAIN.replace("People", "Problem"), /Problem/],
    "no row": [MAIN.replace(/<li>.*<\/li>/, ""), /nothing of li/],
    "a row that nobody sees": [MAIN.replace("<li>", "<li hidden>"), /nothing of li/],
    "wider than the phone": [`${MAIN}<table class=wide width=500><tr><td>1</table>`, /5\d\d px wide on 360: <table class="wide">/],
    "no label": [`${MAIN}<input name=q>`, /label/],
    "pale text": [`${MAIN}<p style="color:#bbb;background:#fff">pale`, /color-contrast/],
    "too small to hit": [`${MAIN}<button style="font-size:6px;padding:0;border:0;block-size:9px">x</button><button style="font-size:6px;padding:0;border:0;block-size:9px">y</button>`, /target-size/],
    "a script that fails": [`${MAIN}<script>nothing.at.all()</script>`, /script: ReferenceError/],
    "a complaint": [`${MAIN}<script>console.error("odd")</script>`, /console: odd/],
  };
  for (const [name, [main, says]] of Object.entries(wrong)) await assert.rejects(look(main), says, name);
});

test("what the policy forbids is heard", async () => {
  const headers = { "content-security-policy": "default-src 'none'" };
  await assert.rejects(look(`${MAIN}<p style="color:red">red`, { headers }), /console: .*Content Security Policy/s);
});

test("a page that weighs too much is found", async () => {
  const files = { "/large.css": `/* ${"x".repeat(120_000)} */` };
  await assert.rejects(look(`${MAIN}<link rel=stylesheet href=/large.css>`, { files }), /weighs \d{6} bytes/);
});

test("HTML that is not closed, or closed twice, is found", () => {
  for (const html of ["<main><p>one</main>", "<main>", "<main></main></main>", "<title>one", "<main><b</main>"]) {
    assert.throws(() => read(html), undefined, html);
  }
  const page = read("<!doctype html><ul class='list short'><li id=a>A &amp; B<br><li-x></li-x></li></ul><!-- <p> -->");
  assert.equal(page.one("ul.list li").text, "A & B");
  assert.equal(page.one("[id='a']"), page.one(".short #a"));
  assert.deepEqual(page.all("p, ol li"), []);
  assert.throws(() => page.all("li:first-child"), /simple/);
});

test("the table names each page once", () => {
  const names = pages.map(({ name }) => name);
  assert.deepEqual(names, [...new Set(names)]);
});

test("the table says what each page's heading is", () => {
  for (const { name, heading } of pages) {
    if (heading instanceof RegExp) assert.doesNotMatch("Something else, of 2026", heading, name);
    else assert.ok(heading?.trim(), name);
  }
});
