// People › User groups › [group] › Members, and Managers and grants.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, pick, refused, row, side, turn } from "../lib/parts.mjs";
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

test("AD-13: who is put into a group is administered by it, and taken out again stays a user", async () => {
  const page = await group("South region");
  await pick(page, "User to add", "Aoife Iyer");
  await button(page, "Add…").click();
  await heading(page, "Add Aoife Iyer to South region?");
  assert.match(
    await side(page, "gains").innerText(),
    /manage users, create reports on Aoife Iyer\s+Because “account admin, limited” gives it/,
  );
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "South region");
  assert.equal(await row(page, "Aoife Iyer").count(), 0);

  await pick(page, "User to add", "Aoife Iyer");
  await button(page, "Add…").click();
  await button(page, "Add").click();
  await heading(page, "South region");
  await row(page, "Aoife Iyer").waitFor();

  await button(page, "Remove from the group… Aoife Iyer").click();
  await heading(page, "Remove Aoife Iyer from South region?");
  assert.match(await side(page, "losses").innerText(), /create reports on Aoife Iyer/);
  await page.locator(".review footer button.primary").click();
  await heading(page, "South region");
  assert.equal(await row(page, "Aoife Iyer").count(), 0);
  await page.goto("/people/users");
  await page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox").fill("Aoife Iyer");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  assert.match(await page.locator("#list tbody tr").innerText(), /Aoife Iyer[^]*Active/);
});

test("AD-10, AD-12: a group manager sees the group and what is below, nothing else, and no group once it ends", async () => {
  const page = await group("Service team");
  await turn(page, "Managers and grants");
  await pick(page, "User", "Emil Popescu");
  await pick(page, "Custom role", "Team lead");
  await button(page, "Name group manager…").click();
  await heading(page, "Let Emil Popescu manage Service team?");
  assert.match(await side(page, "gains").innerText(), /Emil Popescu\s+open the admin portal/);
  await button(page, "Name group manager").click();
  await heading(page, "Service team");
  const managers = page.getByRole("table", { name: "Group managers of Service team" });
  assert.match(await managers.innerText(), /Emil Popescu\s+Team lead/);

  const his = await open(browser, house, "emil.popescu58@meridian-it.example");
  await his.goto(GROUPS);
  const names = () => his.getByRole("row").getByRole("link").allInnerTexts();
  assert.deepEqual(await names(), ["Service team", "Night crew"]);
  assert.equal(await his.getByRole("link", { name: "New user group" }).count(), 0, "none at the top");
  const elsewhere = await group("Lisbon office");
  assert.equal((await his.goto(elsewhere.url())).status(), 404);

  await button(page, /^End… that Emil Popescu/).click();
  await heading(page, /Emil Popescu.*\?$/);
  assert.match(await side(page, "losses").innerText(), /Emil Popescu\s+open the admin portal/);
  await page.locator(".review footer button.primary").click();
  await page.getByText("Nobody whom you see manages this group.").waitFor();
  assert.equal((await his.goto(GROUPS)).status(), 403);
});

test("AD-12: who holds the role for everybody is not narrowed to a group", async () => {
  const page = await group("Rotterdam office");
  await turn(page, "Managers and grants");
  await pick(page, "User", "Cleo Marsh");
  await pick(page, "Custom role", "Team lead");
  await button(page, "Name group manager…").click();
  assert.match(await refused(page).innerText(), /holds the role for everybody[^]*Rule AD-12/);
  assert.equal(await page.locator(".review footer button").count(), 0, "there is nothing to save");
  await page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
  await page.getByText("Nobody whom you see manages this group.").waitFor();
});

test("AD-9: what a group gives on top is held by its members until it is taken away", async () => {
  const page = await group("Lisbon office");
  await turn(page, "Managers and grants");
  const hers = await open(browser, house, "femi.iyer105@meridian-it.example");
  assert.equal((await hers.goto("/audit")).status(), 403);
  await page.getByLabel("Permission", { exact: true }).selectOption({ label: "Read the audit log" });
  await page.getByLabel("For whom", { exact: true }).selectOption({ label: "everybody" });
  await button(page, "Give…").click();
  await heading(page, "Let everybody in Lisbon office read the audit log?");
  assert.match(await side(page, "gains").textContent(), /Femi Iyer[^]*read the audit log/);
  await button(page, "Give it").click();
  const grants = page.getByRole("table", { name: "Extra grants of Lisbon office" });
  await grants.getByRole("row").filter({ hasText: "Read the audit log" }).filter({ hasText: "for good" }).waitFor();
  assert.equal((await hers.goto("/audit")).status(), 200);

  await button(page, "Take away… Read the audit log").click();
  await heading(page, "Let nobody read the audit log by Lisbon office?");
  assert.match(await side(page, "losses").textContent(), /Femi Iyer[^]*read the audit log/);
  await button(page, "Take it away").click();
  await heading(page, "Lisbon office");
  assert.equal(await grants.getByRole("row").filter({ hasText: "Read the audit log" }).count(), 0);
  assert.equal((await hers.goto("/audit")).status(), 403);
});

test("a person is read out by the name, without the letters that are painted beside it", async () => {
  const page = await group("Lisbon office");
  const link = row(page, "Chidi Nowak").getByRole("link", { name: "Chidi Nowak", exact: true });
  assert.equal(await link.count(), 1, "the initials are no part of the name");
});
