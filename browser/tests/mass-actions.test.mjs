// Service Desk › Records › Change all of them: many records changed at once (SD-4), by whoever administers their service and by nobody else.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, newIncident, openIncident, tab } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();
/** Who administers Payroll in the demonstration. */
const ANA = "ana.lindqvist5@meridian-it.example";

/** The list of what stands in Payroll with a word in it. */
async function listed(page, word) {
  await page.goto("/service-desk/records");
  await page.getByLabel("Service", { exact: true }).selectOption({ label: "Payroll" });
  await page.getByLabel(/^Search by words/).fill(word);
  await button(page, "Filter").click();
  await page.getByText("2 records", { exact: true }).waitFor();
}

test("SD-4: all records of a list are changed, after a look at what becomes of each", async () => {
  const page = await open(browser, house, ANA);
  for (const title of ["The zeppelin is late", "The zeppelin is lost"]) {
    await newIncident(page, title);
    await openIncident(page);
  }
  await page.goto("/service-desk/records");
  assert.equal(await page.getByRole("link", { name: "Change all of them…" }).count(), 0, "of one service only");
  await listed(page, "zeppelin");
  await page.getByRole("link", { name: "Change all of them…" }).click();
  await heading(page, "Change all records of a list");
  assert.match(await main(page), /2 records of\s+Payroll/);

  await button(page, "Look at what it does").click();
  await page.getByRole("alert").getByText("Choose what is to be changed.").waitFor();
  await page.getByLabel("State, for records that can go there").selectOption({ label: "Closed" });
  await button(page, "Look at what it does").click();
  await page.getByRole("alert").getByText("Say why the records are closed.").waitFor();
  await page.getByLabel("Reason, where they are closed").selectOption({ label: "Withdrawn" });
  await page.getByLabel("Tags that they get, with commas between them").fill("airship");
  await button(page, "Look at what it does").click();

  await heading(page, "Mass action");
  assert.match(await main(page), /Nothing is changed yet\. 2 records would be changed/);
  assert.match(await main(page), /State: Closed \(Withdrawn\)/);
  await button(page, "Change 2 records").click();
  await page.getByText("2 records changed").waitFor({ timeout: 20_000 });
  await tab(page, "Changed").click();
  await page.getByRole("link", { name: "The zeppelin is lost" }).click();
  await heading(page, "The zeppelin is lost");
  assert.match(await page.getByRole("region", { name: "History" }).innerText(), /State: New → Closed \(Withdrawn\)/);
  const owner = await open(browser, house, "Super admin");
  await owner.goto("/audit");
  assert.match(await main(owner), /had a mass action done/);

  // Closed is closed: a second one would change nothing.
  await listed(page, "zeppelin");
  await page.getByRole("link", { name: "Change all of them…" }).click();
  await page.getByLabel("State, for records that can go there").selectOption({ label: "On hold" });
  await button(page, "Look at what it does").click();
  await page.getByText("Nothing would be changed.").waitFor();
  assert.match(await main(page), /Its state does not lead there/);
  assert.equal(await button(page, /^Change /).count(), 0);
});

test("SD-4: whoever administers no service finds no mass action", async () => {
  const page = await open(browser, house, ANA);
  await page.goto("/service-desk/mass-actions");
  const one = await page.locator("table.list tbody a").first().getAttribute("href");
  // The Super admin is a user of the service, and the Admin nothing.
  for (const who of ["Super admin", "Admin"]) {
    const other = await open(browser, house, who);
    const answer = await other.goto(one);
    assert.equal(answer.status(), 404, who);
    assert.doesNotMatch(await other.locator("body").innerText(), /zeppelin|Withdrawn/);
  }
});
