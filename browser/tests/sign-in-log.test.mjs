// Audit › Sign-ins: who signed in and who failed to, filtered and taken away as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const LOG = "/audit/sign-ins";
const FAILED = "Failed to sign in";
const [CLEO] = (await house.api("POST", "/api/v1/people/search?facet=user", { q: "Cleo Marsh" })).items;

const rows = (page) => page.locator("table.list tbody").getByRole("row");
const filter = (page) => page.getByRole("search", { name: "Filter this list" });

/** Somebody types this address at the door, and a password that is not theirs. */
async function fail(email) {
  const page = await open(browser, house);
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("alert").waitFor();
}

async function log() {
  const page = await open(browser, house, "Super admin");
  await page.goto("/audit");
  await page.getByRole("link", { name: "Sign-ins" }).click();
  await page.getByRole("heading", { level: 1, name: "Sign-ins" }).waitFor();
  return page;
}

async function only(page, what, day) {
  await filter(page).getByLabel("What", { exact: true }).selectOption({ label: what });
  if (day) await filter(page).getByLabel("until").fill(day);
  await filter(page).getByRole("button", { name: "Filter" }).click();
}

test("AD-20: a sign-in that failed is in the log at once, newest first, with whose it was, and without the address of nobody", async () => {
  await fail(CLEO.email);
  await fail("nobody.at.all@example.net");
  const page = await log();
  const [nobody, cleo] = await rows(page).filter({ hasText: FAILED }).allInnerTexts();
  assert.match(nobody, new RegExp(`${FAILED}\\s+nobody who is known here`));
  assert.match(cleo, new RegExp(`${FAILED}\\s+Cleo Marsh`));
  assert.ok(!(await page.content()).includes("nobody.at.all"), "addresses that are nobody's are not kept");
});

test("AD-20: the log is filtered by what happened, to whom and until when, and the filters are taken off again", async () => {
  await fail(CLEO.email);
  const page = await log();
  const all = await rows(page).count();
  await only(page, FAILED);
  await page.waitForURL(/[?&]what=failed/);
  const words = await rows(page).allInnerTexts();
  assert.ok(words.length < all && words.every((row) => row.includes(FAILED)), `${words}`);
  await rows(page).filter({ hasText: "Cleo Marsh" }).first().getByRole("link", { name: /^only these/ }).click();
  const chip = page.getByRole("list", { name: "Filters in use" }).getByRole("link", { name: /^Of Cleo Marsh/ });
  await chip.waitFor();
  assert.ok((await rows(page).allInnerTexts()).every((row) => row.includes("Cleo Marsh")));
  await chip.click();
  await chip.waitFor({ state: "detached" });
  await only(page, "anything", "2020-01-01");
  await page.getByText("Nothing of that kind happened.").waitFor();
  assert.equal(await page.getByRole("link", { name: /^Export as CSV/ }).count(), 0, "there is nothing to take away");
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), all);
});

test("AD-20: the file holds the entries that the filter shows", async () => {
  await fail(CLEO.email);
  const page = await log();
  await only(page, FAILED);
  await page.waitForURL(/[?&]what=failed/);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^Export as CSV/ }).click()]);
  assert.equal(file.suggestedFilename(), "sign-ins.csv");
  const [head, ...lines] = (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
  assert.equal(head, '"at","what","person","name"');
  assert.equal(lines.length, await rows(page).count());
  assert.match(lines[0], new RegExp(`","failed","${CLEO.id}","Cleo Marsh"$`));
});

test("AD-20: who may not read the log finds no way there, and sees the own part among the own sessions", async () => {
  await fail(house.address("Member"));
  const page = await open(browser, house, "Member");
  for (const path of [LOG, `${LOG}/export`]) {
    assert.equal((await page.goto(path)).status(), 403, path);
    assert.match(await page.locator("main").innerText(), /You may not do this/);
  }
  await page.goto("/account/sessions");
  assert.equal(await page.getByRole("link", { name: "Audit" }).count(), 0);
  const lately = page.getByRole("row").filter({ hasText: FAILED });
  assert.equal(await lately.count(), 1);
});
