// Configure › Services › [service] › People: with the keyboard alone, and without a script.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const row = (page, who) => page.locator("table.list tbody tr", { hasText: who });
const tab = (page, name) => page.getByRole("navigation", { name: "People of Payroll" }).getByRole("link", { name });
const level = (page, who, label) => row(page, who).getByRole("radio", { name: label, exact: true });

/** The Users tab of a service of the demonstration. */
async function people(options) {
  const page = await open(browser, house, "Super admin", options);
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll" }).click();
  await page.getByRole("heading", { level: 1, name: "Payroll" }).waitFor();
  return page;
}

test("SD-2: the keyboard is enough to choose, review and save a level", async () => {
  const page = await people();
  const present = row(page, "Cleo Marsh").locator("input:checked");
  await present.focus();
  await page.keyboard.press("ArrowLeft");
  assert.ok(await level(page, "Cleo Marsh", "User").isChecked(), "the arrow chose the level beside it");
  assert.match(await page.locator("[data-count]").innerText(), /^1 change$/);
  const review = page.getByRole("button", { name: "Review changes…" });
  while (!(await review.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Save 1 change to Payroll?" }).waitFor();
  const save = page.getByRole("button", { name: "Save 1 change" });
  while (!(await save.evaluate((button) => button === document.activeElement))) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.ok(await level(page, "Cleo Marsh", "User").isChecked());
});

test("what is chosen is kept when one leaves by a link", async () => {
  const page = await people();
  await level(page, "Greta Holm", "User").check();
  await tab(page, /^Groups/).click();
  await tab(page, /^Groups/).and(page.locator("[aria-current]")).waitFor();
  await tab(page, /^Users/).click();
  await row(page, "Greta Holm").and(page.locator(".changed")).waitFor();
  await page.getByRole("button", { name: "Discard draft" }).click();
  await page.getByText("No changes").waitFor();
});

test("without a script the same is done with buttons", async () => {
  const page = await people({ javaScriptEnabled: false });
  await level(page, "Dag Ruiz", "Administrator").check();
  await page.getByRole("button", { name: "Save draft" }).click();
  assert.equal(await row(page, "Dag Ruiz").and(page.locator(".changed")).count(), 1);
  await page.getByRole("button", { name: "Review changes…" }).click();
  assert.match(await page.getByRole("heading", { level: 1 }).innerText(), /^Save 1 change to Payroll\?$/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard draft" }).click();
  assert.equal(await page.locator("tr.changed").count(), 0);
});
