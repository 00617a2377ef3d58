// Configure › Services › [service] › Targets, and what they make of the records of the service.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { newIncident, openIncident } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const fact = (page, name) => page.locator(".facts div").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) }).locator("dd");

/** The targets of a service. */
async function targets(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("link", { name: "Targets" }).click();
  await page.getByRole("heading", { level: 1, name: `${name}: targets` }).waitFor();
  return page;
}

const save = (page) => page.getByRole("button", { name: "Save", exact: true }).click();

/** Opens an incident of a service with a title and a priority. */
async function incident(page, service, title, priority) {
  await newIncident(page, title, service);
  await page.getByLabel("Priority").selectOption({ label: priority });
  await openIncident(page);
}

test("SD-30: hours, holidays and targets are set in one form, and count for what is opened then", async () => {
  const page = await targets("Payroll");
  await page.getByLabel("Around the clock, every day but holidays").check();
  await page.getByLabel("Time zone of the service").fill("Europe/Brussels");
  await page.getByLabel("Holidays", { exact: true }).fill("2031-12-25\n2031-12-26");
  await page.getByLabel("First response, Critical").fill("15 min");
  await page.getByLabel("Resolution, Critical").fill("2 h 30 min");
  await page.getByLabel("Resolution, Low").fill("");
  await page.getByLabel("First response, Low").fill("");
  await save(page);
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.equal(await page.getByLabel("Resolution, Critical").inputValue(), "2 h 30 min");
  assert.equal(await page.getByLabel("Holidays", { exact: true }).inputValue(), "2031-12-25\n2031-12-26");

  await incident(page, "Payroll", "The payslips are gone", "Critical");
  assert.match(await fact(page, "First response").innerText(), /^by /);
  assert.match(await fact(page, "Due").innerText(), /^by /);
  await page.getByLabel("State").selectOption({ label: "Waiting for the customer" });
  await save(page);
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.match(await fact(page, "Due").innerText(), /the clock stands while it waits for the customer/);
  await page.getByLabel("State").selectOption({ label: "In progress" });
  await page.getByLabel("Priority").selectOption({ label: "Low" });
  await save(page);
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.match(await fact(page, "Due").innerText(), /not set/, "nothing is promised for it");
  assert.match(await main(page).innerText(), /Due: not any more \(by its priority\)/);
});

test("SD-30: what cannot be meant is told at its field, and what was typed stays", async () => {
  const page = await targets("Telephony");
  await page.getByLabel("In the hours below").check();
  await page.getByLabel("Tuesday").fill("22:00–06:00");
  await save(page);
  await page.getByRole("alert").getByText("Not saved.").waitFor();
  const field = page.getByLabel("Tuesday");
  assert.equal(await field.inputValue(), "22:00–06:00");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.match(await page.locator("#day_2-error").innerText(), /past midnight/);
});

test("SD-29: a due date is set by hand, and given back to its target", async () => {
  const page = await targets("Payroll");
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("radio", { name: "Every user of the service" }).check();
  await page.getByRole("region", { name: "Due dates" }).getByRole("button", { name: "Save", exact: true }).click();
  await page.locator(".review").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await incident(page, "Payroll", "Set by hand", "Critical");
  const target = await fact(page, "Due").innerText();
  await page.getByLabel("Day", { exact: true }).fill("2031-03-03");
  await page.getByLabel("Time", { exact: true }).fill("12:00");
  await page.getByRole("button", { name: "Set the due date" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.match(await fact(page, "Due").innerText(), /by 3 March 2031, 12:00 UTC\s+set by hand/);
  await page.getByLabel("Day", { exact: true }).fill("");
  await page.getByLabel("Time", { exact: true }).fill("");
  await page.getByRole("button", { name: "Set the due date" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.equal(await fact(page, "Due").innerText(), target);
});

test("SD-6: whoever does not configure the desk finds no targets", async () => {
  const configures = await targets("Payroll");
  const path = new URL(configures.url()).pathname;
  const page = await open(browser, house, "Member");
  assert.ok([403, 404].includes((await page.goto(path)).status()));
});
