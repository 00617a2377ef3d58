// Sign-in sessions: where somebody is signed in, and how that ends.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { Client } from "../lib/client.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

/** Signs the person in once more, somewhere else. */
async function elsewhere(who) {
  const client = new Client(house.url);
  const door = await client.get("/sign-in");
  const home = await client.send(door, "form[action='/sign-in']", { email: house.address(who), password: house.password });
  assert.match(home.heading, /^Hello, /);
  return client;
}

const isOut = async (client) => (await client.get("/")).heading === "Sign in";

test("every browser is listed, and another one is ended with a click", async () => {
  const page = await open(browser, house, "Admin");
  const other = await elsewhere("Admin");
  await page.goto("/account/sessions");
  const rows = page.locator("table.list").first().locator("tbody tr");
  assert.equal(await rows.count(), 2);
  assert.equal(await rows.filter({ hasText: "this one" }).count(), 1);
  await rows.filter({ hasNotText: "this one" }).getByRole("button", { name: /^End this/ }).click();
  await page.waitForFunction(() => document.querySelector("table.list").querySelectorAll("tbody tr").length === 1);
  assert.ok(await isOut(other), "the next thing that it asks for is refused");
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/", "this one stays");
});

test("all others are ended at once", async () => {
  const page = await open(browser, house, "Admin");
  const others = [await elsewhere("Admin"), await elsewhere("Admin")];
  await page.goto("/account/sessions");
  assert.equal(await page.locator("table.list").first().locator("tbody tr").count(), 3);
  await page.getByRole("button", { name: "End all others" }).click();
  await page.waitForFunction(() => document.querySelector("table.list").querySelectorAll("tbody tr").length === 1);
  assert.deepEqual(await Promise.all(others.map(isOut)), [true, true]);
  assert.equal(await page.getByRole("button", { name: "End all others" }).count(), 0);
});

test("AD-24: whoever is deactivated is refused from the next click on", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/account/sessions");
  const found = await house.api("POST", "/api/v1/people/search", { q: house.address("Member") });
  await house.api("POST", `/api/v1/people/${found.items[0].id}/deactivation`, { facet: "user" });
  await page.getByRole("link", { name: "My password" }).click();
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});
