// Configure › Services › [service]: the tabs of groups, customers and companies; each is reviewed and saved by itself.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const part = (page, id) => page.locator("section.effect", { has: page.locator(`#${id}`) });
const row = (page, who) => page.locator("table.list tbody tr", { hasText: who });
const level = (page, who, label) => row(page, who).getByRole("radio", { name: label, exact: true });

const tabs = (page, service) => page.getByRole("navigation", { name: `People of ${service}` });
/** How many have access, as the tab of this name counts. */
const count = async (page, service, name) => {
  const words = await tabs(page, service).getByRole("link", { name: new RegExp(`^${name}`) }).innerText();
  return Number(/\d+/.exec(words)[0]);
};

async function tab(service, name) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name: service, exact: true }).click();
  const link = tabs(page, service).getByRole("link", { name: new RegExp(`^${name}`) });
  await link.click();
  await link.and(page.locator("[aria-current]")).waitFor();
  return page;
}

async function review(page, service) {
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("heading", { level: 1, name: `Save 1 change to ${service}?` }).waitFor();
}

async function save(page) {
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
}

/** Opens the list of those whom a line of a review counts. */
async function told(page, id) {
  for (const summary of await part(page, id).getByText("who they are").all()) await summary.click();
  return part(page, id).innerText();
}

test("SD-8: a group is taken off a service after a review that names who has nothing left, and given again", async () => {
  const page = await tab("Payroll", "Groups");
  const before = await count(page, "Payroll", "Users");
  await level(page, "Night shift", "No access").first().check();
  await review(page, "Payroll");
  assert.match(await part(page, "stored").innerText(), /Night shift:.*Full access →.*No access/s);
  assert.match(await told(page, "losses"), /Bo Achterberg.*Because group Night shift gives it no longer/s);
  assert.match(await page.locator(".review > header").innerText(), /Tab Groups only\. Users, customers, companies stay as they are/);
  const lost = Number(await part(page, "losses").getByRole("heading").locator("b").innerText());
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Discard draft" }).click();
  assert.ok(await level(page, "Night shift", "Full access").first().isChecked(), "nothing is saved by looking");

  await level(page, "Night shift", "No access").first().check();
  await review(page, "Payroll");
  await save(page);
  assert.ok(await level(page, "Night shift", "No access").first().isChecked());
  assert.equal(await count(page, "Payroll", "Users"), before - lost, "what the review counted is gone");
  await level(page, "Night shift", "Full access").first().check();
  await review(page, "Payroll");
  assert.match(await told(page, "gains"), /Bo Achterberg.*Because group Night shift gives it/s);
  await save(page);
  assert.equal(await count(page, "Payroll", "Users"), before);
});

test("SD-9: a service is given to a company, and all its people have it; the tab of customers says through what", async () => {
  const page = await tab("Workplace", "Companies");
  const before = await count(page, "Workplace", "Customers");
  await level(page, "Aldermoor Bakery", "Full access").check();
  await review(page, "Workplace");
  assert.match(await part(page, "stored").innerText(), /Aldermoor Bakery:.*No access →.*Full access/s);
  assert.match(await told(page, "gains"), /Because company Aldermoor Bakery gives it/);
  assert.match(await part(page, "losses").innerText(), /Nobody loses anything/);
  await save(page);
  assert.ok(await level(page, "Aldermoor Bakery", "Full access").isChecked());
  assert.ok((await count(page, "Workplace", "Customers")) > before);
  await tabs(page, "Workplace").getByRole("link", { name: /^Customers/ }).click();
  await page.locator("details.why summary", { hasText: "Aldermoor Bakery" }).first().waitFor();
});

test("SD-11: a customer is made selectable, then the portal is opened to them, each after its review", async () => {
  const page = await tab("Printing", "Customers");
  const name = (await row(page, "No access").locator("th bdi").first().innerText()).trim();
  const one = () => page.getByRole("group", { name: `Access of ${name} to Printing` }).first();
  await one().getByRole("radio", { name: "Access (no portal)", exact: true }).check();
  await review(page, "Printing");
  const gained = await part(page, "gains").innerText();
  assert.match(gained, new RegExp(`1\\s+gains access\\s+${name}.*No access →.*Access \\(no portal\\)`, "s"));
  await save(page);
  assert.ok(await one().getByRole("radio", { name: "Access (no portal)", exact: true }).isChecked());
  await one().getByRole("radio", { name: "Access (portal)", exact: true }).check();
  await review(page, "Printing");
  assert.match(await part(page, "gains").innerText(), new RegExp(`${name}.*Access \\(no portal\\) →.*Access \\(portal\\)`, "s"));
  await save(page);
  assert.ok(await one().getByRole("radio", { name: "Access (portal)", exact: true }).isChecked());
});
