// People › Users: a list that answers while somebody types, and a change of several at once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const rows = (page) => page.locator("#list table.list tbody tr");
const search = (page) => page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox");

/** Waits until the list is that of these people, without a new page. */
const lists = (page, count) => page.waitForFunction((count) => document.querySelectorAll("#list tbody tr").length === count, count);

test("the list answers while somebody types, and what is typed stands in no address", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/people/users");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.evaluate(() => (globalThis.stays = true));
  assert.ok((await rows(page).count()) > 10);
  await search(page).pressSequentially("achterb");
  await lists(page, 1);
  assert.match(await rows(page).innerText(), /Bo Achterberg/);
  assert.equal(await page.evaluate(() => globalThis.stays), true, "the page is the same one");
  assert.ok(await search(page).evaluate((field) => field === document.activeElement && field.value === "achterb"), "one goes on typing");
  assert.deepEqual(asked.filter((url) => url.includes("achterb")), []);
  assert.match(page.url(), /[?&]view=/);
  await page.reload();
  assert.equal(await rows(page).count(), 1, "the address opens the same list again");
  await search(page).fill("zzzz");
  await page.locator("#list .empty").waitFor();
  await search(page).fill("");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length > 10);
});

test("AD-23: those who are chosen get a role after its review, and each is told of", async () => {
  const page = await open(browser, house, "Super admin");
  const names = ["Ana Berg", "Anahí Chen"];
  const row = (name) => rows(page).filter({ has: page.locator("th bdi").getByText(name, { exact: true }) });
  await page.goto("/people/users");
  for (const name of names) {
    assert.match(await row(name).innerText(), /Member/);
    await row(name).getByRole("checkbox", { name: `Choose ${name}` }).check();
  }
  await page.getByLabel("Set account role to").selectOption({ label: "Auditor" });
  await page.getByRole("button", { name: "Review those chosen…" }).click();
  await page.getByRole("heading", { level: 1, name: "Set the account role Auditor of 2 users?" }).waitFor();
  const gain = page.locator("section.effect", { has: page.locator("#gains") });
  for (const name of names) assert.match(await gain.innerText(), new RegExp(name));
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.match(await row(names[0]).innerText(), /Member/, "nothing is saved by looking");

  for (const name of names) await row(name).getByRole("checkbox").check();
  await page.getByLabel("Set account role to").selectOption({ label: "Auditor" });
  await page.getByRole("button", { name: "Review those chosen…" }).click();
  await page.getByRole("button", { name: "Set the account role Auditor" }).click();
  await page.getByRole("heading", { level: 1, name: "What became of them" }).waitFor();
  assert.match(await page.locator("main").innerText(), /2 changed, 0 left/);
  await page.getByRole("link", { name: "Back to users" }).click();
  await page.getByRole("heading", { level: 1, name: "Users" }).waitFor();
  for (const name of names) assert.match(await row(name).innerText(), /Auditor/);
});

test("without a script the list is filtered with its button", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  await page.goto("/people/users");
  await search(page).fill("Achterb");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  assert.equal(await rows(page).count(), 1);
  assert.match(page.url(), /[?&]view=/);
});
