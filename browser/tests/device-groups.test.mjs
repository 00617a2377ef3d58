// Remote Support › Device groups: the devices of a group, and the agents who may reach them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, pick, refused, row, side, turn } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const GROUPS = "/remote-support/device-groups";

const names = (page, which) => side(page, which).textContent();

/** The page of a device group, found in the list. */
async function group(name, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto(GROUPS);
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name);
  return page;
}

/** A device of a test's own, in a group. */
async function device(page, name) {
  await page.getByRole("link", { name: "New device" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await button(page, "Add the device…").click();
  await heading(page, new RegExp(`^Add ${name} to `));
  const review = await main(page);
  await button(page, "Add the device").click();
  await row(page, name).waitFor();
  return review;
}

test("a device group is made, named anew and deleted, and a nameless one is not made", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(GROUPS);
  await page.getByRole("link", { name: "New device group" }).click();
  // A browser stops what is empty, and lets a space through.
  await page.getByLabel("Name", { exact: true }).fill(" ");
  await button(page, "Make the device group").click();
  await page.getByRole("alert").filter({ hasText: "The device group is not made yet." }).waitFor();
  assert.equal(await page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid"), "true");
  await page.getByLabel("Name", { exact: true }).fill("Kiosks");
  await button(page, "Make the device group").click();
  await heading(page, "Kiosks");
  await page.getByText("No device that you see is in this group.").waitFor();

  await turn(page, "Settings");
  await page.getByLabel("Name of the device group").fill("Kiosks and signs");
  await button(page, "Rename").click();
  await heading(page, "Kiosks and signs");
  await button(page, "Delete…").click();
  await heading(page, "Delete Kiosks and signs?");
  await page.getByRole("link", { name: "Cancel" }).click();
  await button(page, "Delete…").click();
  await button(page, "Delete").click();
  await heading(page, "Device groups");
  assert.equal(await row(page, "Kiosks and signs").count(), 0);
  assert.equal(await row(page, "Servers Lisbon").count(), 1);
});

test("AD-19: a device is added after a review of who reaches it at once, and named anew", async () => {
  const page = await group("Servers Lisbon");
  const review = await device(page, "rack-1");
  assert.match(review, /4\s+gain access/);
  assert.match(review, /reach unattended devices[^]*Because “agent of device group Servers Lisbon” gives it/);
  await row(page, "rack-1").getByRole("link").click();
  await heading(page, "rack-1");
  assert.match(await main(page), /Device in Servers Lisbon/);
  await page.getByLabel("Name of the device").fill("rack-1, upper half");
  await button(page, "Rename").click();
  await heading(page, "rack-1, upper half");
});

test("AD-19: a device that is moved to another group is reached by its agents, and by those of the first no longer", async () => {
  const page = await group("Servers Rotterdam");
  await turn(page, "Agents");
  await row(page, "Guðrún Maier").waitFor();
  await turn(page, /^Devices/);
  await device(page, "rack-2");
  await row(page, "rack-2").getByRole("link").click();
  await pick(page, "Device group", "Laptops on loan");
  await pick(page, "Company", "Aldermoor Bakery");
  await button(page, "Move…").click();
  await heading(page, "Move rack-2 to Laptops on loan, as a device of Aldermoor Bakery?");
  assert.match(await names(page, "losses"), /Guðrún Maier/);
  assert.match(await names(page, "gains"), /Anahí Dahl/);
  await button(page, "Move").click();
  await heading(page, "rack-2");
  assert.match(await main(page), /Device in Laptops on loan, of Aldermoor Bakery/);
  await page.getByRole("main").getByRole("link", { name: "Laptops on loan", exact: true }).click();
  assert.match(await row(page, "rack-2").innerText(), /Aldermoor Bakery/);
});

test("AD-25: an archived device is reached by nobody until it is restored, and a deleted one is gone", async () => {
  const page = await group("Servers Lisbon");
  await device(page, "rack-3");
  await row(page, "rack-3").getByRole("link").click();
  await button(page, "Archive…").click();
  await heading(page, "Archive rack-3?");
  assert.match(await side(page, "losses").innerText(), /4\s+lose access[^]*Because it is archived/);
  await button(page, "Archive").click();
  await page.getByText("This device is archived.").waitFor();
  assert.equal(await button(page, "Move…").count(), 0);
  await button(page, "Restore…").click();
  assert.match(await side(page, "gains").innerText(), /4\s+gain access/);
  await button(page, "Restore").click();
  await button(page, "Archive…").waitFor();
  const path = page.url();
  await button(page, "Delete…").click();
  await button(page, "Delete").click();
  await page.waitForURL((url) => url.href !== path);
  assert.equal((await page.goto(path)).status(), 404);
});

test("AD-19: who is tied to a group reaches its devices only with the permission too, and the page says so", async () => {
  const page = await group("Servers Lisbon");
  await turn(page, "Agents");
  await pick(page, "User to add", "Oskar Demir");
  await button(page, "Add…").click();
  await heading(page, "Let Oskar Demir reach Servers Lisbon?");
  assert.match(await main(page), /Unattended access needs this tie, the permission and a licence\./);
  assert.match(await side(page, "gains").innerText(), /Nobody gains anything/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Servers Lisbon");
  assert.equal(await row(page, "Oskar Demir").count(), 0);

  await pick(page, "User to add", "Oskar Demir");
  await button(page, "Add…").click();
  await button(page, "Add").click();
  assert.match(await row(page, "Oskar Demir").innerText(), /nothing/);
  await button(page, "Remove from the group… Oskar Demir").click();
  await page.locator(".review footer button.primary").click();
  await heading(page, "Servers Lisbon");
  assert.equal(await row(page, "Oskar Demir").count(), 0);
});

test("AD-19: who is taken out of a group loses its devices", async () => {
  const page = await group("Laptops on loan");
  await turn(page, "Agents");
  assert.match(await row(page, "Anahí Dahl").innerText(), /(\d+) of \1 devices/);
  await button(page, "Remove from the group… Anahí Dahl").click();
  await heading(page, /Anahí Dahl.*\?$/);
  assert.match(await side(page, "losses").innerText(), /Anahí Dahl\s+reach unattended devices on/);
  await page.locator(".review footer button.primary").click();
  await heading(page, "Laptops on loan");
  assert.equal(await row(page, "Anahí Dahl").count(), 0);
});

test("§4: nobody ties themselves to a group", async () => {
  const page = await group("Point-of-sale terminals");
  await turn(page, "Agents");
  await pick(page, "User to add", "Adaeze Okafor");
  await button(page, "Add…").click();
  assert.match(await refused(page).innerText(), /Nobody gives this to themselves[^]*Who could: [^]*Mariko Sato[^]*Rule §4/);
  await page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
  await heading(page, "Point-of-sale terminals");
  assert.equal(await row(page, "Adaeze Okafor").count(), 0);
});

test("AD-25: a group that has devices says so in the place of an end", async () => {
  const page = await group("Point-of-sale terminals");
  await turn(page, "Settings");
  await page.getByText("It can be deleted once its devices are moved or deleted.").waitFor();
  assert.equal(await button(page, "Delete…").count(), 0);
  await page.goto(GROUPS);
  assert.match(await row(page, "Point-of-sale terminals").innerText(), /27\s+8\s+active/);
});

test("AD-19: an agent reads the devices that are theirs, and is offered nothing to change", async () => {
  const admin = await group("Point-of-sale terminals");
  const page = await open(browser, house, "femi.iyer105@meridian-it.example");
  assert.equal((await page.goto(admin.url())).status(), 200);
  await page
    .getByRole("rowheader", { name: /^host-/ })
    .first()
    .getByRole("link")
    .click();
  await page.getByRole("heading", { level: 1, name: /^host-/ }).waitFor();
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  assert.equal((await page.goto(GROUPS)).status(), 403);
  assert.equal((await page.goto(`${admin.url()}/devices/new`)).status(), 403);
});
