// People › Import: a file is brought, its columns are chosen, it is tried, and then it is done.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const fact = (page, name) =>
  page
    .locator("dl.facts div")
    .filter({ hasText: new RegExp(`^\\s*${name}`) })
    .locator("dd")
    .innerText();
const facts = async (page) => {
  const found = [];
  for (const name of ["Added", "Changed", "Unchanged", "In error"]) found.push(Number(await fact(page, name)));
  return found;
};

/** Brings a file, as whoever looks. */
async function bring(text, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto("/people/customers");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await heading(page, "Import people");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await press(page, "Go on");
  await heading(page, "Choose the columns");
  return page;
}

/** Is somebody of this address there? */
const isThere = async (email) => (await house.api("POST", "/api/v1/people/search", { q: email })).items.length === 1;
const column = (page, name) => page.getByRole("combobox", { name, exact: true });
const errors = (page) => page.getByRole("table", { name: "The first rows in error, and why" });

test("S3: columns are guessed and chosen, the file is tried, and then done to its end", async () => {
  const page = await bring(
    "Mail;First name;Last name;Firm;Shoe size\n" +
      "ann.lee@orchard.example;Ann;Lee;Aldermoor Law;38\n" +
      "nobody;No;Body;;40\n" +
      "sami@orchard.example;سامي;حداد;Orchard;41\n",
  );
  const chosen = (name) => column(page, name).locator("option:checked").innerText();
  assert.deepEqual(await Promise.all(["Mail", "First name", "Last name"].map(chosen)), ["E-mail address", "Name", "Name"]);
  assert.equal(await chosen("Firm"), "Pass over");
  await column(page, "Mail").selectOption("Pass over");
  await press(page, "Try the file");
  assert.match(await page.getByRole("alert").innerText(), /Not tried yet\. Choose which column holds the e-mail address/);
  await column(page, "Mail").selectOption("E-mail address");
  await column(page, "Firm").selectOption("Company");
  await press(page, "Try the file");
  await heading(page, "What the file would do");
  await page.getByText(/nothing is changed yet/).waitFor();
  assert.deepEqual(await facts(page), [1, 0, 0, 2]);
  assert.equal(await fact(page, "Passed over"), "Shoe size");
  assert.match(await errors(page).innerText(), /3\s+E-mail address\s+is no e-mail address/);
  assert.match(await errors(page).innerText(), /4\s+Company\s+no company is called "Orchard"/);
  assert.equal(await isThere("ann.lee@orchard.example"), false, "nothing is done by trying");

  await page.getByRole("link", { name: "Change the columns" }).click();
  await page.getByLabel("Make companies and groups that are not there yet").check();
  await press(page, "Try the file");
  await heading(page, "What the file would do");
  assert.deepEqual(await facts(page), [2, 0, 0, 1]);
  assert.equal(await fact(page, "Made"), "1 company or group");
  await press(page, "Import now");
  await page.getByRole("link", { name: "Another file" }).waitFor();
  assert.deepEqual(await facts(page), [2, 0, 0, 1]);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Rows in error" }).click()]);
  assert.match(await readFile(await file.path(), "utf8"), /"nobody","No Body"/);

  await page.getByRole("link", { name: "Customers", exact: true }).last().click();
  for (const [email, shown] of [
    ["ann.lee@orchard", /Ann Lee[\s\S]*Aldermoor Law/],
    ["sami@orchard", /سامي حداد[\s\S]*Orchard/],
  ]) {
    await page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox").fill(email);
    await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
    const row = page.locator("#list tbody tr", { hasText: email });
    assert.match(await row.innerText(), shown);
  }
});

test("S3: what a file does already is unchanged a second time", async () => {
  const text = "email,kind\nida.imp@orchard.example,customer\n";
  for (const outcome of [
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ]) {
    const page = await bring(text);
    await press(page, "Try the file");
    await heading(page, "What the file would do");
    assert.deepEqual(await facts(page), outcome);
    await press(page, "Import now");
    await page.getByRole("status").getByText("Every row was taken.").waitFor();
    assert.deepEqual(await facts(page), outcome);
  }
});

test("AD-6: rows that give what an Admin may not are in error, with the rule", async () => {
  const email = "eva.imp@meridian-it.example";
  const page = await bring(`email,kind,name,account_role\n${email},user,Eva Imp,Super admin\n`, "Admin");
  await press(page, "Try the file");
  await heading(page, "What the file would do");
  assert.deepEqual(await facts(page), [0, 0, 0, 1]);
  assert.match(await errors(page).innerText(), /AD-6/);
  assert.equal(await isThere(email), false);
  await press(page, "Take the file away");
  await heading(page, "Import people");
  assert.equal(await page.getByText("A file of yours is here").count(), 0);
});

test("what is no file of people is refused in words", async () => {
  const page = await bring("email,EMAIL\na@b.example,x\n");
  assert.match(await page.getByRole("alert").innerText(), /This file cannot be read\./);
  await page.getByRole("link", { name: "Choose another file" }).click();
  await heading(page, "Import people");
});

test("a Member brings no file", async () => {
  const page = await open(browser, house, "Member");
  assert.equal((await page.goto("/people/import")).status(), 403);
});
