// A person › Products: what opens something is reviewed before it is saved, and stands on the other pages that show it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });
const losses = (page) => page.getByRole("region", { name: /loses? access$/ });
/** What a review says of one person, and not of others. */
const of = (side, who) => side.getByRole("listitem").filter({ hasText: who }).innerText();
/** What is read after a hidden colon, whatever spaces stand around it. */
const takeAway = (within, what) => within.getByRole("button", { name: new RegExp(`^Take away ?: ${what}$`) });
const saved = (page, words) => page.getByRole("status").getByText(words, { exact: true }).waitFor();

/** What whoever has this address holds of the products, as a Super admin sees it. */
async function products(email) {
  const found = await house.api("POST", "/api/v1/people/search", { q: `${email}@meridian-it.example` });
  const page = await open(browser, house, "Super admin");
  await page.goto(`/people/${found.items[0].id}/products`);
  return page;
}

test("CC-13: a queue role brings the licence that it needs, and takes it along", async () => {
  const page = await products("bo.achterberg6");
  const centre = section(page, "Contact centre");
  const licence = takeAway(section(page, "Licences"), "Contact centre licence.*");
  assert.equal(await licence.count(), 0);
  await centre.getByLabel("Agent of").selectOption("Helpline");
  await press(centre.locator("form", { has: page.getByLabel("Agent of") }), "Give…");
  await heading(page, "Give this to Bo Achterberg?");
  assert.match(await page.locator(".review").innerText(), /A contact centre licence is given with it\./);
  assert.match(await of(gains(page), "Bo Achterberg"), /take queue calls, log in to the queue on Helpline/);
  await press(page, "Give");
  await licence.waitFor();
  await takeAway(centre, "Helpline Agent").click();
  await heading(page, /\?$/);
  assert.match(await of(losses(page), "Bo Achterberg"), /on Helpline/);
  await page.locator(".review footer button").click();
  await saved(page, "Taken away.");
  assert.equal(await licence.count(), 0);
});

test("AD-19: a feature of remote support is given and taken on Products", async () => {
  const page = await products("elif.novak83");
  const support = section(page, "Remote support");
  await support.getByLabel("Device group to reach").selectOption("Servers Lisbon");
  await press(support.locator("form", { has: page.getByLabel("Device group to reach") }), "Give…");
  // Without the permission the tie opens nothing, so there is nothing to look at before it is saved.
  await saved(page, "Given.");
  await takeAway(support, "Servers Lisbon Reaches").waitFor();
  await support.getByLabel("Feature permission").selectOption("reach unattended devices");
  await press(support.locator("form", { has: page.getByLabel("Feature permission") }), "Give…");
  await heading(page, "Give this to Elif Novak?");
  assert.match(await of(gains(page), "Elif Novak"), /reach unattended devices on host-\d+/);
  await press(page, "Give");
  await takeAway(support, "reach unattended devices").click();
  await heading(page, /\?$/);
  assert.match(await of(losses(page), "Elif Novak"), /reach unattended devices on host-\d+/);
});

test("SD-17: a level that is given to a person stands on the page of the service", async () => {
  const page = await products("dalia.marsh24");
  const desk = section(page, "Service desk");
  const form = desk.locator("form", { has: page.getByLabel("Service", { exact: true }) });
  await form.getByLabel("Service", { exact: true }).selectOption("Payroll");
  await form.getByLabel("Level").selectOption("Administrator");
  await press(form, "Give…");
  await heading(page, "Change the access of Dalia Marsh to Payroll?");
  assert.match(await of(gains(page), "Dalia Marsh"), /delete records[\s\S]*on Payroll/);
  await press(page, "Change the access");
  await takeAway(desk, "Payroll Administrator").click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  const row = page.locator("table.list tbody tr", { hasText: "Dalia Marsh" });
  await row.waitFor();
  assert.ok(await row.getByRole("radio", { name: "Administrator", exact: true }).isChecked());
});
