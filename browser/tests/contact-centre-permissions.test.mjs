// Contact Center › Admin › General settings › Permissions: with the keyboard alone, and without a script.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const PAGE = "/contact-centre/admin/permissions";
const TAGS = "Create custom tags";

const toggle = (page, name) => page.getByRole("switch", { name, exact: true });

test("CC-12: the keyboard is enough to switch, review and save", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(PAGE);
  const before = await toggle(page, TAGS).isChecked();
  await toggle(page, TAGS).focus();
  await page.keyboard.press("Space");
  const save = page.getByRole("button", { name: "Save Agent…" });
  while (!(await save.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const confirm = page.locator(".review footer button");
  await confirm.waitFor();
  await confirm.focus();
  await page.keyboard.press("Enter");
  const said = page.locator(".notice[role=status]").first();
  await said.waitFor();
  // The keyboard goes on behind what was said, and not before the rail.
  assert.ok(await said.evaluate((notice) => notice === document.activeElement));
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.querySelector("main").contains(document.activeElement)));
  assert.equal(await toggle(page, TAGS).isChecked(), !before);
});

test("CC-9: the fixed switch is words and no control", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(PAGE);
  assert.equal(await toggle(page, "View the settings of a call queue").count(), 0);
  await page.getByText("On, always").waitFor();
});

test("without a script a section is reviewed and left", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  await page.goto(PAGE);
  const limit = toggle(page, "Limit access to assigned call queues");
  const before = await limit.isChecked();
  await limit.click();
  await page.getByRole("button", { name: "Save Supervisor…" }).click();
  assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /\?$/);
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.equal(await toggle(page, "Limit access to assigned call queues").isChecked(), before);
});
