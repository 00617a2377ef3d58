// Access › Roles: a role of one's own, with the tree of permissions.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const box = (page, label) => page.locator(".tree label", { has: page.locator("[data-label]", { hasText: label }) }).getByRole("checkbox");
const isTicked = (page, label) => box(page, label).isChecked();

/** Makes a role that manages user settings, and so users. Answers what the review said. */
async function make(page, name) {
  await page.goto("/access/roles");
  await page.getByRole("link", { name: /New role/ }).click();
  await page.getByRole("heading", { level: 1, name: "New role" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await box(page, "Manage user settings").check();
  await page.getByRole("button", { name: "Make the role…" }).click();
  await page.getByRole("heading", { level: 1, name: `Make the role ${name}?` }).waitFor();
  const review = await page.locator(".review").innerText();
  await page.getByRole("button", { name: "Make the role", exact: true }).click();
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  return review;
}

test("AD-3: a part ticks what it is a part of, and goes with it", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/access/roles/new");
  const said = page.locator("form[data-tree] > [role=status]");
  assert.equal(await isTicked(page, "Manage users"), false);
  await box(page, "Manage user settings").focus();
  await page.keyboard.press("Space");
  assert.deepEqual([await isTicked(page, "Manage user settings"), await isTicked(page, "Manage users")], [true, true]);
  assert.equal(await said.textContent(), "Ticked along: Manage users");
  assert.match(await page.locator(".tree .note").innerText(), /Ticked with “Manage user settings”/);
  await box(page, "Manage users").uncheck();
  assert.equal(await isTicked(page, "Manage user settings"), false);
  assert.equal(await said.textContent(), "Unticked along: Manage user settings");
});

test("AD-2: a role is made after its review, changed, and stands in the list with what it gives", async () => {
  const page = await open(browser, house, "Super admin");
  assert.match(await make(page, "Desk lead"), /Nobody gains anything/);
  assert.deepEqual([await isTicked(page, "Manage user settings"), await isTicked(page, "Manage users")], [true, true]);
  assert.equal(await isTicked(page, "Read the audit log"), false);
  await box(page, "Read the audit log").check();
  assert.equal(await page.locator("[data-count]").innerText(), "1 change");
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("heading", { level: 1, name: /\?$/ }).waitFor();
  await page.locator(".review footer button.primary").click();
  await page.getByRole("heading", { level: 1, name: "Desk lead", exact: true }).waitFor();
  assert.equal(await isTicked(page, "Read the audit log"), true);
  await page.goto("/access/roles");
  assert.equal(await page.locator("table.list tbody tr", { hasText: "Desk lead" }).count(), 1);
});

test("AD-3: without a script the review says what was ticked along", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  assert.match(await make(page, "Night lead"), /Ticked along, because a part of it is ticked: manage users\./);
  assert.equal(await isTicked(page, "Manage users"), true);
});
