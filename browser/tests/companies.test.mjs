// Configure › Companies: a new one gets its domain, its people and its services, and whoever waits is sorted.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const said = (page, words) => page.getByRole("status").getByText(words, { exact: true }).waitFor();
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });
const losses = (page) => page.getByRole("region", { name: /loses? access$/ });
const cancel = (page) => page.getByRole("main").getByRole("link", { name: "Cancel" }).click();
const back = (page) => page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
const row = (page, text) => page.getByRole("row").filter({ hasText: text });

async function company(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/companies");
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name);
  return page;
}

async function newCompany(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/companies");
  await page.getByRole("link", { name: "New company" }).click();
  await heading(page, "New company");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await press(page, "Make the company");
  await said(page, "The company is made.");
  await heading(page, name);
  return page;
}

const addDomain = async (page, domain) => {
  await section(page, "Domains").getByLabel("Domain to add").fill(domain);
  await press(page, "Add the domain…");
};

/** Chooses somebody in the field for new employees. */
const employ = async (page, typed, name) => {
  const people = section(page, "People");
  await people.getByLabel("Name or address of a person").fill(typed);
  await page.getByRole("option").filter({ hasText: name }).click();
  await press(people, "Make an employee…");
};

test("a company needs a name", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/companies/new");
  await page.getByLabel("Name", { exact: true }).fill("   ");
  await press(page, "Make the company");
  assert.match(await page.getByRole("alert").innerText(), /The company is not made yet\./);
  assert.equal(await page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid"), "true");
});

test("SD-22: a domain that anybody has, or another company, is refused; one's own names whom it would catch", async () => {
  const page = await newCompany("Orchard Farm");
  for (const [domain, why] of [
    ["gmail.com", /This is a public webmail domain[\s\S]*Rule SD-22/],
    ["aldermoor-law.example", /Another company has this domain[\s\S]*Rule SD-22/],
  ]) {
    await addDomain(page, domain);
    assert.match(await page.getByRole("alert").innerText(), why);
    await back(page);
    await section(page, "Domains").getByText("It has no domain yet.").waitFor();
  }
  const cy = { name: "Cy Waits", email: "cy@north.orchard.example" };
  await house.api("POST", "/api/v1/people/customers", cy);
  await addDomain(page, "orchard.example");
  await heading(page, "Add the domain orchard.example to Orchard Farm?");
  assert.match(await page.getByRole("region", { name: /would be placed by “sort now”$/ }).innerText(), /^1\s[\s\S]*Cy Waits/);
  await press(page, "Add the domain");
  const domains = section(page, "Domains");
  await row(domains, "orchard.example").waitFor();
  assert.equal(await row(section(page, "People"), "Cy Waits").count(), 0, "nobody is placed by adding it");

  await press(domains, "Sort now…");
  await heading(page, "Sort 1 customer into Orchard Farm?");
  await cancel(page);
  await press(domains, "Sort now…");
  await page.locator(".review footer button").click();
  await row(section(page, "People"), "Cy Waits").waitFor();
  await press(domains, "Sort now…");
  await said(page, "Nobody waits to be sorted there.");
});

test("SD-21: an employee of another company is refused, or moved in one step with what they lose", async () => {
  const page = await newCompany("Second Firm");
  await employ(page, "Anahí Lecl", "Anahí Leclerc");
  await heading(page, "Make Anahí Leclerc an employee of Second Firm?");
  assert.match(await page.getByRole("alert").innerText(), /An employee of another company[\s\S]*Rule SD-21/);
  await back(page);
  await page.getByLabel(/^\s*Move them here/).check();
  await employ(page, "Anahí Lecl", "Anahí Leclerc");
  assert.match(await page.locator(".review").innerText(), /They leave Aldermoor Logistics in the same step/);
  assert.match(await losses(page).innerText(), /Anahí Leclerc\s+log incidents[\s\S]*company Aldermoor Logistics gives it no longer/);
  await press(page, "Make them an employee");
  const people = section(page, "People");
  await row(people, "Anahí Leclerc").waitFor();
  await people.getByRole("button", { name: /^Take out….*Anahí Leclerc$/ }).click();
  // A company without a service gives nothing to lose, so there is nothing to look at before.
  await people.getByText("Nobody you see is an employee yet.").waitFor();
});

test("SD-9: a service that is given to a company is had by its people, and stands on its page", async () => {
  const page = await company("Aldermoor Bakery");
  const services = section(page, "Services");
  assert.equal(await services.getByRole("link", { name: "Payroll" }).count(), 0);
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  await page
    .getByRole("navigation", { name: "People of Payroll" })
    .getByRole("link", { name: /^Companies/ })
    .click();
  await row(page, "Aldermoor Bakery").getByRole("radio", { name: "Full access", exact: true }).check();
  await press(page, "Review changes…");
  await heading(page, "Save 1 change to Payroll?");
  const levels = page.getByRole("region", { name: /gain access$/ });
  assert.match(await levels.innerText(), /customers[\s\S]*on Payroll[\s\S]*company Aldermoor Bakery gives it/);
  await press(page, "Save 1 change");
  await page.getByRole("status").getByText("Saved.").waitFor();
  const bakery = await company("Aldermoor Bakery");
  await section(bakery, "Services").getByRole("listitem").filter({ hasText: "Payroll" }).waitFor();
});

test("SD-28, AD-25: what employees lose is shown before a company is archived, and comes back with it", async () => {
  const page = await company("Aldermoor Schools");
  await press(page, "Archive…");
  await heading(page, "Archive Aldermoor Schools?");
  assert.match(await losses(page).innerText(), /customers[\s\S]*company Aldermoor Schools/);
  await cancel(page);
  await press(page, "Archive…");
  await page.locator(".review footer button").click();
  await page.getByText("This company is archived.").waitFor();
  assert.equal(await page.getByLabel("Domain to add").count(), 0);
  await press(page, "Restore…");
  assert.match(await gains(page).innerText(), /customers[\s\S]*company Aldermoor Schools/);
  await page.locator(".review footer button").click();
  await page.getByLabel("Domain to add").waitFor();
});

test("sort now, for all companies, names each who is placed and where", async () => {
  await house.api("POST", "/api/v1/people/customers", { name: "Tilda Waits", email: "tilda@aldermoor-law.example" });
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/companies");
  await press(page, "Sort now…");
  await page.getByRole("heading", { level: 1, name: /^Sort \d+ customers into companies\?$/ }).waitFor();
  const line = gains(page).getByRole("listitem").filter({ hasText: "Tilda Waits" });
  assert.match(await line.innerText(), /can be chosen as customer on [\s\S]*Because company Aldermoor Law gives it/);
  await page.locator(".review footer button").click();
  await heading(page, "Companies");
  const found = await house.api("POST", "/api/v1/people/search", { q: "tilda@aldermoor-law.example" });
  await page.goto(`/people/${found.items[0].id}`);
  await page.getByText("Employee of Aldermoor Law").waitFor();
});

test("one person is counted as one", async () => {
  const page = await newCompany("One Person Ltd");
  await house.api("POST", "/api/v1/people/customers", { name: "Solo Lone", email: "solo@lone.example" });
  await employ(page, "Solo L", "Solo Lone");
  await said(page, "Saved: they are an employee.");
  assert.match(await section(page, "People").innerText(), /1 employee\b/);
});

test("whoever does not configure the desk finds no companies", async () => {
  const page = await open(browser, house, "Member");
  assert.equal((await page.goto("/configure/companies")).status(), 403);
});
