// A person › Profile: name and address, and the company that they are an employee of.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const losses = (page) => page.getByRole("region", { name: /loses? access$/ });
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });

/** The page of whoever has this address; as a Super admin unless somebody else looks. */
async function person(email, who = "Super admin") {
  const found = await house.api("POST", "/api/v1/people/search", { q: email });
  const page = await open(browser, house, who);
  await page.goto(`/people/${found.items[0].id}`);
  return page;
}

test("AD-24: another name and address are saved after a review, and the old address is told", async () => {
  const page = await person("elif.dahl35@meridian-it.example");
  const [old, fresh] = ["elif.dahl35@meridian-it.example", "elif.winter@meridian-it.example"];
  const address = page.getByLabel("E-mail address");
  await address.fill("bo.achterberg6@meridian-it.example");
  await press(page, "Save the profile");
  assert.match(await page.getByRole("alert").innerText(), /A person with this e-mail address exists in the account\.\s+Rule §1/);
  await page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
  assert.equal(await address.inputValue(), old, "nothing was changed");
  await page.getByLabel("Name", { exact: true }).fill("Elif Winter");
  await address.fill(fresh);
  await press(page, "Save the profile");
  await page.locator(".review footer button").click();
  await heading(page, "Elif Winter");
  assert.equal(await address.inputValue(), fresh);
  const mail = page.getByRole("row").filter({ hasText: old }).getByRole("link");
  // The mail is on its way: the mailbox is looked at again until it is there.
  for (let tries = 0; tries < 200 && !(await mail.count()); tries++) await page.goto("/demo/mailbox");
  await mail.first().click();
  assert.match(await page.locator("article").innerText(), /address/);
  assert.ok(!(await page.locator("article").innerText()).includes(fresh), "the new one is not told there");
});

test("SD-21: an employee moves to another company in one step, and is taken out, with what they lose and gain", async () => {
  const page = await person("anah.sgeirsdttir667@aldermoor-dental.example");
  const company = section(page, "Company");
  await company.getByText("Employee of Aldermoor Dental").waitFor();
  await company.getByLabel("Move to").selectOption("Aldermoor Bakery");
  await press(company, "Move…");
  assert.match(await losses(page).innerText(), /Anahí Ásgeirsdóttir[\s\S]*company Aldermoor Dental gives it no longer/);
  const gained = await gains(page).innerText();
  assert.match(gained, /Anahí Ásgeirsdóttir[\s\S]*can be chosen as customer on Network[\s\S]*company Aldermoor Bakery gives it/);
  await page.getByRole("main").getByRole("link", { name: "Cancel" }).click();
  await company.getByText("Employee of Aldermoor Dental").waitFor();
  await company.getByLabel("Move to").selectOption("Aldermoor Bakery");
  await press(company, "Move…");
  await page.locator(".review footer button").click();
  await company.getByText("Employee of Aldermoor Bakery").waitFor();
  await press(company, "Take out…");
  assert.match(await losses(page).innerText(), /Anahí Ásgeirsdóttir[\s\S]*company Aldermoor Bakery gives it no longer/);
  await page.locator(".review footer button").click();
  await company.getByText("Of no company that you see.").waitFor();
});

test("AD-10: of whom one sees nothing, there is no page", async () => {
  const found = await house.api("POST", "/api/v1/people/search", { q: house.address("Super admin") });
  const page = await open(browser, house, "Member");
  assert.equal((await page.goto(`/people/${found.items[0].id}/roles`)).status(), 404);
  assert.ok(!(await page.locator("body").innerText()).includes("Adaeze"));
});
