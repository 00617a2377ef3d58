// Configure › Tokens and Connections: what programs show instead of signing in.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const [TOKENS, CONNECTIONS] = ["/configure/tokens", "/configure/connections"];

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
const revoke = (page, name) => page.getByRole("button", { name: `Revoke… ${name}` });
const gains = (page) => page.locator("section.effect", { has: page.locator("#gains") });
const losses = (page) => page.locator("section.effect", { has: page.locator("#losses") });

/** What a program that shows this secret is told of itself. */
async function me(secret) {
  const answer = await fetch(`${house.url}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
  return { status: answer.status, subject: (await answer.json()).subject };
}

/** Fills the page of a new token, and reads the secret that is shown. */
async function make(page, name) {
  await heading(page, "New token").waitFor();
  await page.getByLabel("What it is for").fill(name);
  await page.getByLabel("Works for").selectOption({ label: "7 days" });
  await page.getByRole("button", { name: "Make the token" }).click();
  await heading(page, "Copy the token now").waitFor();
  const secret = await page.getByLabel("Token", { exact: true }).inputValue();
  assert.match(secret, /^rc_[\da-f]+_[\da-f]+$/);
  return secret;
}

/** Fills the page of a new connection up to its review. */
async function connect(page, name, role) {
  await page.goto(CONNECTIONS);
  await page.getByRole("link", { name: "New connection" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("radio", { name: /^Provisioning/ }).check();
  const field = page.getByLabel("Name of a role");
  await field.fill(role);
  await page.getByRole("option").filter({ hasText: role }).waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await page.getByRole("button", { name: "Review…" }).click();
  await heading(page, `Make the connection ${name} with the role ${role}?`).waitFor();
}

test("AD-29: a token is shown once, acts as its owner, and is refused after it is revoked", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(TOKENS);
  await page.getByRole("link", { name: "New token" }).click();
  const secret = await make(page, "Backup robot");
  const owner = await house.api("GET", "/api/v1/me");
  assert.deepEqual(await me(secret), { status: 200, subject: owner.subject });
  await page.getByRole("link", { name: "I have copied it" }).click();
  await row(page, "Backup robot").waitFor();
  assert.match(await row(page, "Backup robot").innerText(), /Adaeze Okafor\s+Super admin.*works/s);
  assert.ok(!(await row(page, "Backup robot").innerText()).includes("never"), "that it was used is known");
  assert.ok(!(await page.content()).includes(secret), "never again");

  await revoke(page, "Backup robot").click();
  await heading(page, "Revoke Backup robot of Adaeze Okafor?").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await row(page, "Backup robot").waitFor();
  assert.equal((await me(secret)).status, 200, "nothing is revoked by looking");
  await revoke(page, "Backup robot").click();
  await page.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByRole("status").first().waitFor();
  assert.equal(await row(page, "Backup robot").count(), 0);
  assert.equal((await me(secret)).status, 401);
  await page.getByRole("link", { name: "Those that are over, too" }).click();
  await row(page, "Backup robot").waitFor();
  assert.match(await row(page, "Backup robot").innerText(), /revoked/);
  assert.equal(await revoke(page, "Backup robot").count(), 0);
});

test("a token that says nothing of what it is for is not made, and the field says so", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(`${TOKENS}/new`);
  await page.getByLabel("What it is for").fill("   ");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByRole("alert").getByText("No token was made.").waitFor();
  const field = page.getByLabel("What it is for");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  assert.equal(await field.getAttribute("aria-describedby"), "name-error");
  assert.equal(await page.getByLabel("Token", { exact: true }).count(), 0);
});

test("AD-29: a member's token does what the member may do; the tokens of others are not shown, and connections are forbidden", async () => {
  const page = await open(browser, house, "Member");
  await page.goto(TOKENS);
  assert.equal(await page.getByText("Demonstration").count(), 0);
  assert.equal(await page.getByRole("link", { name: "Connections" }).count(), 0);
  await page.getByRole("link", { name: "New token" }).click();
  const secret = await make(page, "Pocket");
  assert.equal((await me(secret)).status, 200);
  const audit = await fetch(`${house.url}/api/v1/audit`, { headers: { authorization: `Bearer ${secret}` } });
  assert.equal(audit.status, 403);
  assert.equal((await page.goto(`${CONNECTIONS}/new`)).status(), 403);
  assert.match(await page.locator("main").innerText(), /You may not do this/);
});

test("AD-29: a connection gets a role after its review, then a token, and takes the token with it when it is deleted", async () => {
  const page = await open(browser, house, "Super admin");
  await connect(page, "Directory", "Licence clerk");
  assert.match(await gains(page).innerText(), /manage licences.*“account role Licence clerk” gives it/s);
  await page.getByRole("button", { name: "Make the connection", exact: true }).click();
  await heading(page, "Directory").waitFor();
  await page.getByRole("link", { name: "New token" }).click();
  const secret = await make(page, "Directory key");
  assert.equal((await me(secret)).subject, page.url().match(/con_[\da-f]+/)[0]);
  await page.getByRole("link", { name: "I have copied it" }).click();
  await row(page, "Directory key").waitFor();
  await page.goto(CONNECTIONS);
  assert.match(await row(page, "Directory").innerText(), /provisioning\s+Licence clerk\s+.*Adaeze Okafor.*active/s);

  await page.getByRole("link", { name: "Directory" }).click();
  await page.getByRole("button", { name: "Delete…" }).click();
  await heading(page, "Delete Directory?").waitFor();
  assert.match(await losses(page).innerText(), /Directory.*manage licences/s);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("status").getByText("Deleted.").waitFor();
  assert.equal(await row(page, "Directory").count(), 0);
  assert.equal((await me(secret)).status, 401);
});

test("AD-29: a connection is never Super admin, and the refusal makes nothing", async () => {
  const page = await open(browser, house, "Super admin");
  await connect(page, "Too much", "Super admin");
  assert.match(await page.getByRole("alert").innerText(), /This cannot be saved\. A connection is never Super admin\.\s+Rule AD-29/);
  assert.equal(await page.getByRole("button", { name: "Make the connection" }).count(), 0);
  await page.goto(CONNECTIONS);
  assert.equal(await row(page, "Too much").count(), 0);
});

test("the review of a new connection calls it by the name that was typed", async () => {
  const page = await open(browser, house, "Super admin");
  await connect(page, "Second directory", "Auditor");
  assert.match(await gains(page).innerText(), /1\s+gains access\s+Second directory/);
});
