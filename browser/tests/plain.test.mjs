// Every page without a script: complete, and of use.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { demo, empty } from "../lib/house.mjs";
import { pathOf } from "../lib/paths.mjs";
import { pages } from "../pages.mjs";

const houses = { demo: await demo(), empty: await empty() };
after(() => Promise.all(Object.values(houses).map((house) => house.stop())));

for (const entry of pages.filter(({ steps, plainly }) => !steps || plainly)) {
  test(entry.name, async () => {
    const house = houses[entry.house ?? "demo"];
    const client = await house.client(entry.as);
    const first = await client.get(await pathOf(house, entry));
    assert.equal(first.status, entry.status ?? 200);
    const page = entry.plainly ? await entry.plainly(client, first) : first;
    isWhole(page, entry);
    runsNothing(page);
    formsWork(page, Boolean(entry.as));
    nothingWaitsForAScript(page);
    await filesAreThere(client, page);
  });
}

function isWhole(page, { heading, shows }) {
  assert.match(page.html, /^<!doctype html>\n/i);
  assert.match(page.html, /<\/html>\s*$/);
  if (heading instanceof RegExp) assert.match(page.heading, heading);
  else assert.equal(page.heading, heading);
  assert.ok(page.root.all(shows).length > 0, `nothing of ${shows}`);
  assert.equal(page.root.one("html").get("lang"), "en");
  assert.match(page.root.one("head title").text, /\S · (Rolecall|Meridian IT)$/);
  page.root.one("main");
  const ids = page.root.all("[id]").map((element) => element.get("id"));
  assert.deepEqual(ids, [...new Set(ids)], "an id stands twice");
  for (const label of page.root.all("label[for]")) assert.ok(ids.includes(label.get("for")), `nothing is ${label.get("for")}`);
}

function runsNothing(page) {
  for (const script of page.root.all("script")) {
    assert.ok(script.get("src")?.startsWith("/assets/") && script.text === "", "a script within the page");
  }
  assert.deepEqual(page.root.all("style, [style]"), [], "a style within the page");
  for (const element of page.root.within()) {
    for (const name of element.attributes.keys()) assert.ok(!name.startsWith("on"), `${element.name} ${name}`);
  }
}

/** What can be filled in is sent by a form of ours that has a way to be sent. */
function formsWork(page, signedIn) {
  for (const form of page.root.all("form")) {
    const [action, posts] = [form.get("action"), form.get("method") === "post"];
    assert.ok(action?.startsWith("/"), `a form leads to ${action}`);
    const sends = [...form.all("button"), ...page.root.all(`button[form=${form.get("id")}]`)];
    // A question of one field is sent by Enter.
    const asks = form.all("input").filter((field) => field.get("type") !== "hidden").length === 1;
    assert.ok(asks || sends.some((button) => (button.get("type") ?? "submit") === "submit"), `${action}: no button`);
    if (posts && signedIn) assert.ok(form.one("[name=form_token]").get("value"), `${action}: no token`);
  }
  for (const field of page.root.all("input[name], select[name], textarea[name]")) {
    assert.ok(field.around("form") || field.has("form"), `${field.get("name")} is sent by no form`);
  }
}

/** A button that only a script could give a meaning to is no button. */
function nothingWaitsForAScript(page) {
  for (const button of page.root.all("button")) {
    const sends = (button.around("form") || button.has("form")) && (button.get("type") ?? "submit") === "submit";
    assert.ok(sends || button.has("popovertarget") || button.has("commandfor"), `"${button.text}" does nothing`);
  }
  for (const link of page.root.all("a")) {
    const to = link.get("href");
    assert.ok(to && to !== "#" && !to.startsWith("javascript:"), `"${link.text}" leads to ${to}`);
    const id = to.startsWith("#") && to.slice(1);
    if (id) assert.ok(page.root.all("[id]").some((place) => place.get("id") === id), `nothing is called ${id}`);
  }
}

async function filesAreThere(client, page) {
  const files = page.root.all("link[href], script[src], use[href]").map((file) => file.get("href") ?? file.get("src"));
  assert.ok(files.some((file) => file.includes(".css")), "no stylesheet");
  for (const file of new Set(files.map((file) => file.split("#")[0]))) {
    assert.equal((await client.get(file)).status, 200, file);
  }
}
