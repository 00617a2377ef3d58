// Configure › Services: a new one, its settings, its end, and who does not find it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const PAGE = "/configure/services";

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader", { name, exact: true }) });
const gains = (page) => page.locator("section.effect", { has: page.locator("#gains") });
const losses = (page) => page.locator("section.effect", { has: page.locator("#losses") });
const section = (page, name) => page.getByRole("region", { name, exact: true });

/** Fills the form of a new service. */
async function fill(page, name, administrator) {
  await page.goto(PAGE);
  await page.getByRole("link", { name: "New service" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Name or address of a user").fill(administrator);
  await page.getByRole("button", { name: "Review…" }).click();
}

/** Makes a service that nobody else of this file looks at; leaves the browser on its people. */
async function make(name, administrator) {
  const page = await open(browser, house, "Super admin");
  await fill(page, name, administrator);
  await heading(page, `Make the service ${name}?`).waitFor();
  await page.getByRole("button", { name: "Make the service", exact: true }).click();
  await heading(page, name).waitFor();
  return page;
}

/** The settings of a service. */
async function settings(name) {
  const page = await open(browser, house, "Super admin");
  await page.goto(PAGE);
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await heading(page, `${name}: settings`).waitFor();
  return page;
}

const save = async (page, button, said) => {
  await page.locator(".review").getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("status").getByText(said).waitFor();
};

test("SD-1: a new service names its first administrator, who gains it after the review", async () => {
  const page = await open(browser, house, "Super admin");
  await fill(page, "Travel", "Bo Achterberg");
  await heading(page, "Make the service Travel?").waitFor();
  assert.match(await gains(page).innerText(), /1\s+gains access\s+Bo Achterberg\s+create records.*“Administrator access” gives it/s);
  assert.match(await losses(page).innerText(), /Nobody loses anything/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.goto(PAGE);
  assert.equal(await row(page, "Travel").count(), 0, "nothing is made by looking");

  await fill(page, "Travel", "Bo Achterberg");
  await save(page, "Make the service", "The service is made.");
  const bo = page.locator("table.list tbody tr", { hasText: "Bo Achterberg" });
  assert.ok(await bo.getByRole("radio", { name: "Administrator", exact: true }).isChecked());
  await page.goto(PAGE);
  assert.match(await row(page, "Travel").innerText(), /Travel\s+1\s+0\s+0\s+0\s+active/);
});

test("a service without a name, or without anybody who is known, is not made: the field says so, and what was typed stays", async () => {
  const page = await open(browser, house, "Super admin");
  await fill(page, "   ", "Bo Achterberg");
  await page.getByRole("alert").getByText("The service is not made yet.").waitFor();
  const name = page.getByLabel("Name", { exact: true });
  assert.deepEqual([await name.getAttribute("aria-invalid"), await name.getAttribute("aria-describedby")], ["true", "name-error"]);
  assert.equal(await page.getByLabel("Name or address of a user").inputValue(), "Bo Achterberg");
  await fill(page, "Nobody's", "Nobody Atall");
  await page.getByRole("alert").getByText("Say who its first administrator is.").waitFor();
  assert.equal(await page.getByLabel("Name or address of a user").getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Nobody's");
  await page.goto(PAGE);
  assert.equal(await row(page, "Nobody's").count(), 0);
});

test("SD-29: who overrides due dates is set after a review that names who loses it", async () => {
  const page = await settings("E-mail");
  const due = section(page, "Due dates");
  assert.ok(await due.getByRole("radio", { name: "Every user of the service" }).isChecked());
  await due.getByRole("radio", { name: "Service administrators" }).check();
  await due.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: /override due dates on E-mail\?$/ }).waitFor();
  assert.match(await losses(page).innerText(), /Bo Achterberg\s+override due dates on E-mail/);
  assert.match(await gains(page).innerText(), /Nobody gains anything/);
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.ok(await due.getByRole("radio", { name: "Every user of the service" }).isChecked(), "nothing is set by looking");

  await due.getByRole("radio", { name: "Service administrators" }).check();
  await due.getByRole("button", { name: "Save" }).click();
  await save(page, "Save", "Saved.");
  await page.reload();
  assert.ok(await due.getByRole("radio", { name: "Service administrators" }).isChecked());
});

test("SD-23: a service is opened to whoever registers, and the page of registration lists it", async () => {
  const page = await settings("Workplace");
  const box = page.getByLabel("Everybody who registers gets this service");
  await box.check();
  await section(page, "Self-registration").getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.reload();
  assert.ok(await box.isChecked());
  await page.goto("/configure/registration");
  await section(page, "Services open to all").getByRole("link", { name: "Workplace" }).waitFor();
});

test("AD-25: an archived service gives nothing until it is restored", async () => {
  await make("Fleet", "Greta Jensen");
  const page = await settings("Fleet");
  await page.getByLabel("Name of the service").fill("Vehicles");
  await page.getByRole("button", { name: "Rename" }).click();
  await heading(page, "Vehicles: settings").waitFor();
  await page.getByRole("button", { name: "Archive…" }).click();
  await heading(page, "Archive Vehicles?").waitFor();
  assert.match(await losses(page).innerText(), /1\s+loses access\s+Greta Jensen.*Because it is archived/s);
  await save(page, "Archive", /Archived/);
  await page.getByRole("link", { name: "People of Vehicles" }).click();
  await page.getByText("Vehicles is archived.").waitFor();
  await page.goto(PAGE);
  assert.match(await row(page, "Vehicles").innerText(), /Vehicles\s+0\s.*archived/);

  await page.getByRole("link", { name: "Vehicles" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Restore…" }).click();
  assert.match(await gains(page).innerText(), /1\s+gains access\s+Greta Jensen/);
  await save(page, "Restore", /./);
  await page.goto(PAGE);
  assert.match(await row(page, "Vehicles").innerText(), /Vehicles\s+1\s.*active/);
});

test("a service is deleted after a review of who loses it, and is gone", async () => {
  await make("Errands", "Hiro Mensah");
  const page = await settings("Errands");
  await page.getByRole("button", { name: "Delete…" }).click();
  await heading(page, "Delete Errands?").waitFor();
  assert.match(await losses(page).innerText(), /1\s+loses access\s+Hiro Mensah/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Errands: settings").waitFor();
  await page.getByRole("button", { name: "Delete…" }).click();
  await save(page, "Delete", "Deleted.");
  assert.equal(await row(page, "Errands").count(), 0);
});

test("SD-1: whoever does not configure the desk finds no Services, and is refused there", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Configure" }).click();
  await heading(page, "Tokens").waitFor();
  assert.equal(await page.getByRole("link", { name: "Services" }).count(), 0);
  for (const path of [PAGE, `${PAGE}/new`]) {
    assert.equal((await page.goto(path)).status(), 403, path);
    assert.match(await page.locator("main").innerText(), /You may not do this/);
    assert.equal(await page.getByText("Payroll").count(), 0);
  }
});
