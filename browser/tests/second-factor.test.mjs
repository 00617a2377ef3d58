// Of whom a second factor is asked: of everybody by the account, of those who hold a role by the role.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const ACCOUNT = "/configure/account";

const section = (page) => page.getByRole("region", { name: "Second factor" });

/** The settings of a role, found in the list. */
async function settings(who, role) {
  const page = await open(browser, house, who);
  await page.goto("/access/roles");
  await page.getByRole("main").getByRole("link", { name: role, exact: true }).click();
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await section(page).waitFor();
  return page;
}

test("AD-8: a second factor is asked of whoever holds a role after a look, and no longer", async () => {
  const page = await settings("Super admin", "Licence clerk");
  await button(page, "Ask them for it…").click();
  await heading(page, "Ask whoever holds Licence clerk for a second factor?");
  await page.getByText("Nobody is locked out by it.").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.match(await section(page).innerText(), /It is for whoever holds this role to choose/);
  await button(page, "Ask them for it…").click();
  await button(page, "Ask for it").click();
  await page.getByRole("status").getByText("Saved: a second factor is asked.").waitFor();
  assert.match(await section(page).innerText(), /It is asked of whoever holds this role/);
  await page.goto(ACCOUNT);
  assert.match(await section(page).innerText(), /It is asked of whoever holds Licence clerk\./);

  const again = await settings("Super admin", "Licence clerk");
  await button(again, "Ask for it no longer…").click();
  await button(again, "Ask for it no longer").click();
  await button(again, "Ask them for it…").waitFor();
});

test("AD-8: a second factor is asked of everybody by the account, of whoever is signed in too", async () => {
  const member = await open(browser, house, "Member");
  await member.goto("/");
  await heading(member, "Hello, Dag Ruiz");
  const page = await open(browser, house, "Super admin");
  await page.goto(ACCOUNT);
  await button(page, "Ask everybody for it…").click();
  await heading(page, "Ask everybody for a second factor?");
  await button(page, "Ask for it").click();
  // Who asks has none either.
  await heading(page, "Second factor");
  await member.goto("/billing/licences");
  await heading(member, "Second factor");
  await house.api("PUT", "/api/v1/second-factor", { required: false });
  await member.goto("/billing/licences");
  await heading(member, "Licences");
});

test("AD-6: an Admin reads whether it is asked of Admins, and does not set it", async () => {
  const page = await settings("Admin", "Admin");
  assert.match(await section(page).innerText(), /It is for whoever holds this role to choose/);
  assert.equal(await section(page).getByRole("button").count(), 0);
});
