// Configure › Services › [service] › Presets, and what they do for records; notes on the cards of customers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { newIncident, openIncident } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const part = (page, name) => page.getByRole("region", { name, exact: true });
const saved = (page) => page.getByRole("status").getByText("Saved.").waitFor();

/** The presets of Payroll. */
async function presets() {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Presets" }).click();
  await page.getByRole("heading", { level: 1, name: "Payroll: presets" }).waitFor();
  return page;
}

test("a service has categories in an order, text modules and a signature, and its records are written with them", async () => {
  const page = await presets();
  for (const name of ["Rate changes", "Leave"]) {
    await page.getByLabel("New category").fill(name);
    await page.getByRole("button", { name: "Add the category" }).click();
    await saved(page);
  }
  await page.getByRole("button", { name: /^Up\s*: Leave$/ }).click();
  await saved(page);
  await page.getByLabel("Name of a new text module").fill("We ask back");
  await page.getByLabel("Its text").fill("Record {number}: which month, {customer}?");
  await page.getByRole("button", { name: "Add the text module" }).click();
  await saved(page);
  await page.getByRole("textbox", { name: "Signature", exact: true }).fill("{agent}, payroll desk");
  await page.getByRole("button", { name: "Save the signature" }).click();
  await saved(page);

  await newIncident(page, "Two rates in one month");
  await page.getByLabel("Category").selectOption({ label: "Leave" });
  await openIncident(page);
  assert.match(await part(page, "At a glance").innerText(), /Category\s+Leave/);
  const number = (await main(page).innerText()).match(/Incident (\d+) of/)[1];
  await page.getByLabel("Note", { exact: true }).fill("Thank you.");
  await page.getByLabel("Answer to the customer").check();
  await page.getByLabel("Text module").selectOption({ label: "We ask back" });
  await page.getByRole("button", { name: "Insert" }).click();
  await page.waitForFunction(() => document.querySelector("#note").value.includes("which month"));
  assert.equal(await page.getByLabel("Note", { exact: true }).inputValue(), `Thank you.\n\nRecord ${number}: which month, ?`);
  assert.match(await page.getByRole("textbox", { name: "Signature", exact: true }).inputValue(), /, payroll desk$/);
  await page.getByRole("button", { name: "Add the note" }).click();
  await page.getByRole("status").getByText("Answered.").waitFor();
  assert.match(await part(page, "Notes").innerText(), /which month, \?\s+.+, payroll desk/);
});

test("SD-36: staff note something of a customer on their card, change it and delete it", async () => {
  const page = await open(browser, house, "Super admin");
  // SD-5: whoever configures the desk knows customers whom they do not work for, and notes nothing of them.
  await page.goto("/service-desk/records?kind=incident");
  await page.locator('td[data-label="Customer"] a').first().click();
  await page.getByLabel("New note").fill("Prefers to be called");
  await page.getByRole("button", { name: "Add the note" }).click();
  await page.getByRole("status").getByText("Noted.").waitFor();
  await part(page, "Notes").getByText("Change or delete").click();
  await part(page, "Notes").getByLabel("Note", { exact: true }).fill("Prefers to be written to");
  await part(page, "Notes").getByRole("button", { name: "Save", exact: true }).click();
  await saved(page);
  await part(page, "Notes").getByText("Change or delete").click();
  await part(page, "Notes").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("status").getByText("The note is deleted.").waitFor();
  assert.equal(await main(page).getByText("Prefers").count(), 0);
});
