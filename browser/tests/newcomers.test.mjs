// Who comes: a user is added and invited by mail, a customer is added to a service.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const PASSWORD = "seven green tractors";

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const said = (page, words) => page.getByRole("status").getByText(words).waitFor();
const row = (page, email) => page.locator("table.list tbody tr", { hasText: email });

/** The form for a new user or customer, filled, and not sent. */
async function form(kind, name, email, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto(`/people/${kind}s`);
  await page.getByRole("link", { name: `Add ${kind}` }).click();
  await heading(page, `Add a ${kind}`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("E-mail address").fill(email);
  return page;
}

/** Adds a user who is sent an invitation, and opens their page. */
async function invite(name, email) {
  const page = await form("user", name, email);
  assert.ok(await page.getByLabel("Send the invitation now").isChecked());
  await press(page, "Go on");
  await heading(page, `Add ${name}?`);
  await page.locator(".review footer button").click();
  await said(page, "The user is added, and the invitation is on its way.");
  assert.match(await row(page, email).innerText(), /Member\s+Invited/);
  await row(page, email).getByRole("link", { name }).click();
  await heading(page, name);
  return page;
}

/** The link of the newest of so many mails to an address. */
async function mailed(email, count) {
  const page = await open(browser, house);
  const mails = page.getByRole("row").filter({ hasText: email }).getByRole("link");
  // The mail is on its way: the mailbox is looked at again until it is there.
  for (let tries = 0; tries < 200 && (await mails.count()) < count; tries++) await page.goto("/demo/mailbox");
  assert.equal(await mails.count(), count);
  await mails.first().click();
  return page.getByRole("link", { name: "Follow the link" }).getAttribute("href");
}

/** Follows the link of an invitation in a browser of its own, and chooses a password. */
async function accept(link) {
  const page = await open(browser, house);
  await page.goto(link);
  await page.waitForFunction(() => document.getElementById("link").value !== "");
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Accept and sign in");
  return page;
}

test("a user with a wrong or a taken address is not added, and what was typed stays", async () => {
  const page = await form("user", "Nia New", "bo.achterberg6@meridian-it.example");
  await press(page, "Go on");
  assert.match(await page.getByRole("alert").innerText(), /Not added yet/);
  const field = page.getByLabel("E-mail address");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  await page.getByText("Somebody here has this address already.").waitFor();
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Nia New");
  // What the browser lets pass, and no server of mails would take.
  await field.fill("nia@meridian");
  await press(page, "Go on");
  await page.getByText("This is not an e-mail address").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Users");
  assert.equal(await row(page, "Nia New").count(), 0);
});

test("an invitation that is sent again makes the earlier link lead nowhere, and one that is revoked the last", async () => {
  const email = "ida.vogt@meridian-it.example";
  const page = await invite("Ida Vogt", email);
  const user = section(page, "User");
  assert.match(await user.innerText(), /Invited The invitation is not accepted yet/);
  const first = await mailed(email, 1);
  await press(user, "Send the invitation again…");
  await said(page, "The invitation is on its way; earlier links lead nowhere.");
  const second = await mailed(email, 2);
  assert.notEqual(second, first);
  const late = await accept(first);
  assert.match(await late.getByRole("alert").innerText(), /The link is used, expired or unknown/);

  await press(user, "Revoke the invitation…");
  await said(page, "The link that was sent leads nowhere now.");
  const revoked = await accept(second);
  assert.match(await revoked.getByRole("alert").innerText(), /The link is used, expired or unknown/);
  await page.reload();
  await user.getByText("The invitation is not accepted yet.").waitFor();
});

test("AD-15: whoever accepts holds nothing yet, and signs in once something is given", async () => {
  const email = "otto.lang@meridian-it.example";
  const page = await invite("Otto Lang", email);
  const link = await mailed(email, 1);
  const otto = await accept(link);
  assert.match(await otto.getByRole("status").innerText(), /The invitation is accepted\. Nothing is given to you yet/);
  await page.reload();
  assert.match(await section(page, "User").innerText(), /Suspended Holds no licence/);
  await page.getByRole("navigation", { name: "Otto Lang" }).getByRole("link", { name: "Products" }).click();
  const licences = section(page, "Licences");
  await licences.getByLabel("Licence to give").selectOption("Service desk licence");
  await press(licences, "Give…");
  await page.getByText("Member · active").waitFor();
  await otto.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await otto.getByLabel("E-mail address").fill(email);
  await otto.getByLabel("Password").fill(PASSWORD);
  await press(otto, "Sign in");
  await heading(otto, "Hello, Otto Lang");
});

test("AD-7: an Admin who adds a user is offered no role of an administrator", async () => {
  const page = await form("user", "Una Ohm", "una.ohm@meridian-it.example", "Admin");
  const roles = await page.getByLabel("Account role").locator("option").allInnerTexts();
  assert.deepEqual(
    roles.filter((name) => ["Admin", "Member", "Super admin"].includes(name)),
    ["Member"],
  );
});

test("a Member is led to no form for new users", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/people/users");
  await heading(page, "Users");
  assert.equal(await page.getByRole("link", { name: /^Add/ }).count(), 0);
  assert.equal((await page.goto("/people/users/new")).status(), 403);
});

test("SD-11: a customer is added to a service, as Access (no portal) there", async () => {
  const email = "cy.adler@orchard.example";
  const page = await form("customer", "Cy Adler", email);
  await page.getByLabel("Service", { exact: true }).selectOption("Payroll");
  await press(page, "Add the customer");
  await said(page, "Taken: whoever has this address is a customer here.");
  await page.getByRole("searchbox", { name: /^Search by the beginning/ }).fill("cy.adler@");
  await row(page, email).waitFor();
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  await page
    .getByRole("navigation", { name: "People of Payroll" })
    .getByRole("link", { name: /^Customers/ })
    .click();
  const filter = page.getByRole("main").getByRole("searchbox");
  await filter.fill("Cy Adler");
  await filter.press("Enter");
  await page.getByText("1–1 of 1").first().waitFor();
  assert.ok(await row(page, "Cy Adler").getByRole("radio", { name: "Access (no portal)" }).isChecked());
});
