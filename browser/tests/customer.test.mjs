// One customer: added to a service, given a portal level, invited, and what the portal opens to them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const rows = (page) => page.locator("#list table.list tbody tr");
const row = (page, email) => rows(page).filter({ hasText: email });
const search = (page) => page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox");

async function customers(who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto("/people/customers");
  await heading(page, "Customers");
  return page;
}

/** The page of one customer, found by typing. */
async function customer(email) {
  const page = await customers();
  await search(page).pressSequentially(email);
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  await row(page, email).getByRole("rowheader").getByRole("link").click();
  await page.getByRole("heading", { level: 2, name: "Customer", exact: true }).waitFor();
  return page;
}

test("SD-13: one level that opens nothing is stored, and says so", async () => {
  const page = await customer("aoife.osullivan863@");
  await page.getByLabel("Portal level").selectOption("Company Admin");
  await press(page, "Save the level…");
  await heading(page, "Change the portal level of Aoife O’Sullivan?");
  await page.getByText("Stored; it opens nothing as things stand.").waitFor();
  await press(page, "Change the level");
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.reload();
  assert.equal(await page.getByLabel("Portal level").locator("option:checked").innerText(), "Company Admin");
});

test("SD-24: a customer is invited to the portal by mail", async () => {
  const email = "ana.conti539@aldermoor-robotics.example";
  const page = await customer(email);
  await press(page, "Invite to the portal…");
  await page
    .getByRole("status")
    .getByText(/invitation is on its way/)
    .waitFor();
  const mail = page.getByRole("row").filter({ hasText: email }).getByRole("link");
  // The mail is on its way: the mailbox is looked at again until it is there.
  for (let tries = 0; tries < 200 && !(await mail.count()); tries++) await page.goto("/demo/mailbox");
  await mail.click();
  assert.match(await page.locator("article").innerText(), /Hello Ana Conti/);
});

test("SD-15: the access panel of a customer names the company through which a service is open", async () => {
  const page = await customer("ana.demir517@aldermoor-logistics.example");
  await page.getByRole("navigation", { name: "Ana Demir" }).getByRole("link", { name: "Access" }).click();
  const portal = page.getByRole("region", { name: "Customer portal" });
  const ways = (await portal.getByRole("listitem").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  assert.ok(ways.includes("through company Aldermoor Logistics: portal level Company"), ways.join("; "));
  assert.ok(ways.includes("would remain without it: nothing"));
});

test("§4: a user of services finds their customers, and adds one to a service of theirs alone", async () => {
  const page = await customers("Member");
  assert.equal(await page.getByRole("link", { name: "Import", exact: true }).count(), 0);
  await page.getByRole("link", { name: "Add customer" }).click();
  await heading(page, "Add a customer");
  const services = await page.getByLabel("Service", { exact: true }).locator("option").allInnerTexts();
  assert.deepEqual(services, ["Choose a service", "ERP", "Network", "Payroll", "Workplace"]);
  await page.getByLabel("Name", { exact: true }).fill("Ben Orchard");
  await page.getByLabel("E-mail address").fill("ben@orchard.example");
  await page.getByLabel("Service", { exact: true }).selectOption("Payroll");
  await press(page, "Add the customer");
  await heading(page, "Customers");
  await search(page).pressSequentially("ben@");
  await row(page, "ben@orchard.example").waitFor();
});
