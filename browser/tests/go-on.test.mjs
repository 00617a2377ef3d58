// The password once more, and then on with what waited for it.
//
// Nobody waits ten minutes here: a form that is sent too late is carried along by the page that asks for the password, and the page is
// given what it would carry. That it is asked for ten minutes late is proved by the server's own tests (AD-7 in prove_again.rs).
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const CONNECTIONS = "/configure/connections";
const AGAIN = "/sign-in/again";

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const goOn = (page) => page.getByRole("button", { name: "Go on", exact: true });
const listed = (page, name) => page.getByRole("rowheader", { name, exact: true });

/** The page that asks for the password, with the filled form of a new connection waiting behind it. */
async function late(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto(`${CONNECTIONS}/new`);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Name of a role").fill("Auditor");
  const all = await page.evaluate(() => [...new FormData(document.querySelector("main form"))]);
  const fields = all.filter(([name]) => name !== "form_token");
  const title = `Make the connection ${name} with the role Auditor?`;
  const begun = { title, action: `${CONNECTIONS}/new`, back: `${CONNECTIONS}/new`, place: "Configure", fields };
  await page.goto(`${AGAIN}?next=${CONNECTIONS}`);
  await page.evaluate((begun) => {
    for (const next of document.querySelectorAll("[name=next]")) Object.assign(next, { name: "begun", value: begun });
  }, JSON.stringify(begun));
  return page;
}

async function prove(page, password) {
  await page.getByLabel("Password", { exact: true }).fill(password);
  await goOn(page).click();
}

test("AD-7: a form that waited for the password is gone on with: its review, then its save", async () => {
  const page = await late("Late directory");
  await prove(page, house.password);
  await heading(page, "Go on").waitFor();
  const said = await page.locator("main").innerText();
  assert.match(said, /It is you\. You were about to: Make the connection Late directory with the role Auditor\./);
  assert.ok(await goOn(page).evaluate((button) => button === document.activeElement), "Enter is enough");
  await page.keyboard.press("Enter");
  await heading(page, "Make the connection Late directory with the role Auditor?").waitFor();
  await page.getByRole("button", { name: "Make the connection", exact: true }).click();
  await heading(page, "Late directory").waitFor();
  assert.match(await page.locator(".facts").innerText(), /Auditor/);
  await page.goto(CONNECTIONS);
  assert.equal(await listed(page, "Late directory").count(), 1);
});

test("AD-7: a wrong password says so at its field, does nothing and loses nothing; Cancel leads back", async () => {
  const page = await late("Never made");
  await prove(page, "not the password");
  await page.getByRole("alert").getByText("This is not your password.").waitFor();
  const field = page.getByLabel("Password", { exact: true });
  assert.deepEqual([await field.inputValue(), await field.getAttribute("aria-invalid")], ["", "true"]);
  assert.match(await page.locator("main").innerText(), /You were about to: Make the connection Never made.*nothing was done yet/s);
  await prove(page, house.password);
  await heading(page, "Go on").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "New connection").waitFor();
  await page.goto(CONNECTIONS);
  assert.equal(await listed(page, "Never made").count(), 0);
});

test("AD-7: a page that waited for the password is shown once it is proved", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(`${AGAIN}?next=/configure/tokens/new`);
  await heading(page, "Your password, please").waitFor();
  await prove(page, house.password);
  await heading(page, "New token").waitFor();
});
