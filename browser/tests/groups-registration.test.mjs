// Configure › Groups and Registration: who gains by a group, and who may make a login of their own.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const said = (page, words) => page.getByRole("status").getByText(words).waitFor();
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });
const losses = (page) => page.getByRole("region", { name: /loses? access$/ });
const row = (page, text) => page.getByRole("row").filter({ hasText: text });
const confirm = (page) => page.locator(".review footer button").click();

async function groups() {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/groups");
  return page;
}

async function registration() {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/registration");
  return page;
}

/** Chooses somebody in the field for new members. */
async function put(page, name) {
  await page.getByLabel("Name or address of a user").fill(name.slice(0, -2));
  await page.getByRole("option").filter({ hasText: name }).click();
  await press(page, "Put in…");
}

test("SD-20: a new group takes users, shows them, and lets them go", async () => {
  const page = await groups();
  await page.getByRole("link", { name: "New group" }).click();
  await page.getByLabel("Name", { exact: true }).fill(" ");
  await press(page, "Make the group");
  assert.match(await page.getByRole("alert").innerText(), /The group is not made yet\./);
  await page.getByLabel("Name", { exact: true }).fill("Weekend");
  await press(page, "Make the group");
  await heading(page, "Weekend");
  const members = section(page, "Members");
  await put(page, "Dalia Ångström");
  await row(members, "Dalia Ångström").waitFor();
  await row(members, "Dalia Ångström").getByRole("rowheader").getByRole("link").click();
  await page.getByRole("navigation", { name: "Dalia Ångström" }).getByRole("link", { name: "Products" }).click();
  await section(page, "Service desk").getByRole("link", { name: "Weekend", exact: true }).click();
  await members.getByRole("button", { name: /^Take out….*Dalia Ångström$/ }).click();
  await members.getByText("Nobody is in this group yet.").waitFor();
});

test("SD-8: whoever enters a group gains its services after a review, and loses them with it", async () => {
  const page = await groups();
  await page.getByRole("link", { name: "Night shift", exact: true }).click();
  const members = section(page, "Members");
  await put(page, "Dalia Ångström");
  await heading(page, "Put Dalia Ångström into Night shift?");
  const gained = await gains(page).innerText();
  assert.match(gained, /Dalia Ångström\s+create records, manage records on [\s\S]*Because group Night shift gives it/);
  await page.getByRole("main").getByRole("link", { name: "Cancel" }).click();
  assert.equal(await row(members, "Dalia Ångström").count(), 0, "Cancel changes nothing");
  await put(page, "Dalia Ångström");
  await press(page, "Put them in");
  await row(members, "Dalia Ångström").waitFor();
  await members.getByRole("button", { name: /^Take out….*Dalia Ångström$/ }).click();
  assert.match(await losses(page).innerText(), /Dalia Ångström\s+create records[\s\S]*group Night shift gives it no longer/);
  await confirm(page);
  await page.getByRole("heading", { level: 1, name: "Night shift", exact: true }).waitFor();
  assert.equal(await row(members, "Dalia Ångström").count(), 0);
});

test("I-8: a customer is not found as a member", async () => {
  const page = await groups();
  await page.getByRole("link", { name: "First line", exact: true }).click();
  const field = page.getByLabel("Name or address of a user");
  const count = await section(page, "Members").getByRole("row").count();
  await field.fill("Ana Conti");
  await page.getByRole("button", { name: "Put in…" }).click();
  await page.getByText("Nothing that you see begins so.").waitFor();
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await section(page, "Members").getByRole("row").count(), count);
});

test("AD-25: an archived group gives nothing, and what its members lose is shown before", async () => {
  const page = await groups();
  await page.getByRole("link", { name: "Duty managers", exact: true }).click();
  await press(page, "Archive…");
  await heading(page, "Archive Duty managers?");
  assert.match(await losses(page).innerText(), /group Duty managers/);
  await confirm(page);
  await page.getByText("This group is archived.").waitFor();
  assert.equal(await page.getByLabel("Name or address of a user").count(), 0);
  await press(page, "Restore…");
  assert.match(await gains(page).innerText(), /group Duty managers gives it/);
  await confirm(page);
  await page.getByLabel("Name or address of a user").waitFor();
});

test("SD-23: who may register is changed after its review, and Cancel changes nothing", async () => {
  const page = await registration();
  const policy = (name) => page.getByRole("radio", { name });
  assert.ok(await policy(/^People of companies that accept it/).isChecked());
  for (const end of ["Cancel", "Save"]) {
    await policy(/^Nobody/).check();
    await press(section(page, "Who may register"), "Save…");
    await heading(page, "Who may register: Nobody?");
    if (end === "Save") await press(page, "Save");
    else await page.getByRole("main").getByRole("link", { name: "Cancel" }).click();
    await heading(page, "Registration");
    await page.reload();
    assert.equal(await policy(/^Nobody/).isChecked(), end === "Save");
  }
});

test("SD-23: a company that accepts registration stands there", async () => {
  const page = await registration();
  const companies = section(page, "Companies that accept it");
  assert.equal(await companies.getByText("Aldermoor Dental").count(), 0);
  await page.goto("/configure/companies");
  await page.getByRole("link", { name: "Aldermoor Dental", exact: true }).click();
  await page.getByLabel(/People of its domains may register themselves/).check();
  await press(section(page, "Registration"), "Save");
  await page.getByRole("status").filter({ hasText: /./ }).first().waitFor();
  await page.goto("/configure/registration");
  await companies.getByText("Aldermoor Dental").waitFor();
});

test("SD-23: the denylist is filled and asked about, never read back, and says what it cannot use", async () => {
  const page = await registration();
  const list = section(page, "Denylist");
  const ask = async (entry) => {
    await list.getByLabel("Address or domain to ask about").fill(entry);
    await press(list, "Is it on the list?");
    return list.getByRole("status").innerText();
  };
  await list.getByLabel("Put on the list").fill("two words");
  await press(list, "Save the denylist");
  assert.match(await page.getByRole("alert").innerText(), /Not saved\. The denylist has an entry that cannot be used/);
  assert.equal(await list.getByLabel("Put on the list").getAttribute("aria-invalid"), "true");
  await list.getByLabel("Put on the list").fill("spam.example\nmallory@example.org");
  await press(list, "Save the denylist");
  await page.waitForURL(/\/configure\/registration$/);
  assert.equal(await list.getByLabel("Put on the list").inputValue(), "");
  assert.match(await ask("anybody@spam.example"), /anybody@spam\.example\s+is on the denylist, or its domain is\./);
  assert.match(await ask("alice@example.org"), /is not on the denylist\./);
  await list.getByLabel("Take off the list").fill("spam.example");
  await press(list, "Save the denylist");
  await said(page, /./);
  assert.match(await ask("anybody@spam.example"), /is not on the denylist\./);
});

test("whoever does not configure the desk finds neither", async () => {
  const page = await open(browser, house, "Member");
  for (const path of ["/configure/groups", "/configure/registration"]) assert.equal((await page.goto(path)).status(), 403, path);
});
