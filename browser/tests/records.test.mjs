// Service Desk › Records: an incident from its opening to its closing, and what happens to it when somebody loses access.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { newIncident } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const history = (page) => page.getByRole("region", { name: "History" });


test("SD-3: an incident is opened, assigned, answered and closed", async () => {
  const page = await open(browser, house, "Super admin");
  await newIncident(page, "The payslip shows last year’s rate");
  const who = page.getByLabel("Name of a user or group");
  await who.pressSequentially("Bo Ach");
  await page.getByRole("option", { name: /Bo Achterberg/ }).click();
  await page.getByRole("button", { name: "Open the incident" }).click();
  await page.getByRole("status").getByText("The record is open.").waitFor();
  assert.match(await main(page).innerText(), /Bo Achterberg/);

  await page.getByLabel("Note", { exact: true }).fill("We are looking into it.");
  await page.getByLabel("Answer to the customer").check();
  await page.getByRole("button", { name: "Add the note" }).click();
  await page.getByRole("status").getByText("Answered.").waitFor();
  assert.match(await page.getByRole("region", { name: "Notes" }).innerText(), /We are looking into it\./);

  await page.getByLabel("State").selectOption({ label: "Closed" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText(/closed with a reason/).waitFor();
  await page.getByLabel("Why it is closed").selectOption({ label: "Solved" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.match(await history(page).innerText(), /State: New → Closed \(Solved\)/);
  await page.goto("/service-desk/records?state=open");
  assert.equal(await page.getByRole("link", { name: "The payslip shows last year’s rate" }).count(), 0);
});

test("SD-19: the choice of an assignee offers those who have access, and nobody else", async () => {
  const page = await open(browser, house, "Super admin");
  await newIncident(page, "Who works on it");
  const who = page.getByLabel("Name of a user or group");
  await who.pressSequentially(house.address("Admin").split(".")[0]);
  await page.getByText("Nothing found").waitFor({ state: "attached" });
});

test("SD-19: the review of a lost level names the record that loses its assignee, and saving takes it away", async () => {
  const page = await open(browser, house, "Super admin");
  await newIncident(page, "Of somebody who leaves");
  await page.getByLabel("Name of a user or group").pressSequentially("Dag Ru");
  await page.getByRole("option", { name: /Dag Ruiz/ }).click();
  await page.getByRole("button", { name: "Open the incident" }).click();
  await page.getByRole("status").getByText("The record is open.").waitFor();
  const record = page.url();
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll" }).click();
  const row = page.locator("table.list tbody tr", { hasText: "Dag Ruiz" });
  await row.getByRole("radio", { name: "No access", exact: true }).check();
  await page.getByRole("button", { name: "Review changes…" }).click();
  const loses = page.getByRole("region", { name: /lose.* assignee/ });
  await loses.waitFor();
  assert.match(await loses.innerText(), /Of somebody who leaves/);
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.goto(record);
  assert.match(await history(page).innerText(), /Dag Ruiz lost access, and is not assigned any more/);
});

test("SD-5: whoever works on no service finds no records", async () => {
  const page = await open(browser, house, "Admin");
  await page.goto("/");
  assert.equal(await page.getByRole("link", { name: "Service Desk", exact: true }).count(), 0);
  assert.equal((await page.goto("/service-desk/records")).status(), 403);
});
