// People › User groups: the tree, and where a group hangs in it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, pick, refused, row, side, turn } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const GROUPS = "/people/user-groups";

/** The page of a group, found in the tree. */
async function group(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto(GROUPS);
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name);
  return page;
}

/** What the tree says of a group. */
async function inTree(page, name) {
  await page.goto(GROUPS);
  return row(page, name).innerText();
}

/** A group of a test's own, below another. */
async function make(name, above) {
  const { items } = await house.api("GET", "/api/v1/user-groups");
  const parent = items.find((one) => one.name === above).id;
  await house.api("POST", "/api/v1/user-groups", { name, parent });
}

test("AD-12: a group is made below another, named to its review, and stands below it in the tree", async () => {
  const page = await group("South region");
  await turn(page, /^Groups below/);
  await page.getByRole("link", { name: "New group below" }).click();
  await heading(page, "New user group");
  assert.match(await main(page), /Below South region\./);
  await page.getByLabel("Name", { exact: true }).fill("Braga office");
  await button(page, "Make the user group…").click();
  await heading(page, "Make the user group Braga office?");
  assert.match(await side(page, "gains").innerText(), /Cleo Marsh[^]*Because “account role Team lead” gives it/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "South region");
  assert.equal(await row(page, "Braga office").count(), 0, "looking makes nothing");

  await page.getByRole("link", { name: "New group below" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Braga office");
  await button(page, "Make the user group…").click();
  await button(page, "Make the user group").click();
  await heading(page, "Braga office");
  await page.getByText("Nobody whom you see is in this group.").waitFor();
  assert.match(await inTree(page, "Braga office"), /level 3:\s+Braga office/);
});

test("a group without a name is told so at the field, and is not made", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(GROUPS);
  const before = await page.getByRole("row").count();
  await page.getByRole("link", { name: "New user group" }).click();
  // A browser stops what is empty, and lets a space through.
  await page.getByLabel("Name", { exact: true }).fill(" ");
  await button(page, "Make the user group…").click();
  await page.getByRole("alert").filter({ hasText: "The group is not made yet." }).waitFor();
  const field = page.getByLabel("Name", { exact: true });
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.match(await page.locator("#name-error").innerText(), /1 to 200 characters/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "User groups");
  assert.equal(await page.getByRole("row").count(), before);
});

test("AD-12: a group hangs in no circle", async () => {
  const page = await group("South region");
  await turn(page, "Settings");
  await pick(page, "Group above", "Lisbon office");
  await button(page, "Move…").click();
  assert.match(await refused(page).innerText(), /A group cannot hang below itself\.[^]*Rule AD-12/);
  assert.match(await inTree(page, "South region"), /level 2/);
});

test("AD-12: a group is moved after a review of who administers it then and who no longer", async () => {
  await make("Coimbra office", "Lisbon office");
  const page = await group("Coimbra office");
  await turn(page, "Settings");
  await pick(page, "Group above", "North region");
  await button(page, "Move…").click();
  await heading(page, "Move Coimbra office below North region?");
  assert.match(await side(page, "gains").innerText(), /Ana Lindqvist\s+see users, manage users[^]*on Coimbra office/);
  assert.match(await side(page, "losses").innerText(), /Bo Achterberg\s+see users, manage users[^]*on Coimbra office/);
  await button(page, "Move").click();
  await heading(page, "Coimbra office");
  assert.match(await inTree(page, "Coimbra office"), /level 3/);
});

test("AD-25: an archived group gives nothing until it is restored, and a deleted one is gone", async () => {
  await make("Porto office", "Lisbon office");
  const page = await group("Porto office");
  const path = new URL(page.url()).pathname;
  const bo = await open(browser, house, "bo.achterberg6@meridian-it.example");
  assert.equal((await bo.goto(path)).status(), 200);
  await turn(page, "Settings");
  await button(page, "Archive…").click();
  await heading(page, "Archive Porto office?");
  assert.match(await side(page, "losses").innerText(), /Bo Achterberg[^]*it is archived/);
  await button(page, "Archive").click();
  await page.getByText("This group is archived.").waitFor();
  assert.equal((await bo.goto(path)).status(), 404);
  await button(page, "Restore…").click();
  await button(page, "Restore").click();
  await button(page, "Archive…").waitFor();
  assert.equal((await bo.goto(path)).status(), 200);

  await button(page, "Delete…").click();
  await heading(page, "Delete Porto office?");
  await button(page, "Delete").click();
  await heading(page, "User groups");
  assert.equal(await row(page, "Porto office").count(), 0);
  assert.equal((await page.goto(path)).status(), 404);
});

test("AD-25: an archived group is offered to be restored, and not to be moved", async () => {
  const page = await group("Former Ghent office");
  await turn(page, "Settings");
  await button(page, "Restore…").waitFor();
  assert.equal(await button(page, "Move…").count(), 0, "it would be refused: restore it first");
});
