// Service Desk › My work and Records: narrowing down, finding by words, and what is told while a page is open.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { newIncident, openIncident } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const titles = (page) => page.locator("table.list tbody th a").allInnerTexts();

/** Opens an incident of Payroll with this title, and stays on its page. */
async function incident(page, title) {
  await newIncident(page, title);
  await openIncident(page);
}

test("records are narrowed down, found by words and shown again from the address", async () => {
  const page = await open(browser, house, "Super admin");
  await incident(page, "The zebra printer prints stripes");
  await page.goto("/service-desk/records");
  await page.getByRole("searchbox", { name: /Search by words/ }).fill("stripes ZEBRA");
  await page.getByRole("button", { name: "Filter" }).click();
  await main(page).getByText("One record").waitFor();
  assert.deepEqual(await titles(page), ["The zebra printer prints stripes"]);
  assert.doesNotMatch(page.url(), /zebra/i);
  await page.reload();
  assert.deepEqual(await titles(page), ["The zebra printer prints stripes"]);
  await page.getByLabel("State", { exact: true }).selectOption({ label: "Resolved or closed" });
  await page.getByRole("button", { name: "Filter" }).click();
  await main(page).getByText("No record is so.").waitFor();
  await page.getByRole("link", { name: "Show all records" }).click();

  await page.getByText("More filters").click();
  const who = page.getByLabel("Assigned to a user or a group");
  await who.pressSequentially("Bo Ach");
  await page.getByRole("option", { name: /Bo Achterberg/ }).click();
  await page.getByRole("button", { name: "Filter" }).click();
  await page.waitForURL(/user=per_/);
  const cells = await page.locator("table.list tbody td[data-label='Assigned to']").allInnerTexts();
  assert.ok(cells.every((cell) => /Bo Achterberg/.test(cell)), cells.join());
});

test("my work counts each sort of it, and leads to a list that can be narrowed down", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/service-desk/my-work");
  await page.getByRole("heading", { level: 1, name: "My work" }).waitFor();
  const sorts = page.getByRole("navigation", { name: "Sorts of work" });
  await sorts.getByRole("link", { name: /Nobody’s/ }).click();
  const count = await sorts.locator("[aria-current=page] .count").innerText();
  const shown = await page.locator("table.list tbody tr").count();
  assert.equal(String(Math.min(50, Number(count))), String(shown));
  await page.getByRole("link", { name: "Narrow this list down…" }).click();
  await page.waitForURL(/whose=nobodys/);
});

test("AD-28: a list that is open shows what somebody else opens, within a second", async () => {
  const [reader, writer] = [await open(browser, house, "Super admin"), await open(browser, house, "Super admin")];
  await reader.goto("/service-desk/records");
  await incident(writer, "Opened while the list is open");
  await reader.getByRole("link", { name: "Opened while the list is open" }).waitFor({ timeout: 5000 });
  // A record that is open says so, and keeps what was typed.
  await reader.getByRole("link", { name: "Opened while the list is open" }).click();
  await reader.getByLabel("Note", { exact: true }).fill("I am still typing");
  await writer.getByLabel("Note", { exact: true }).fill("Called back.");
  await writer.getByRole("button", { name: "Add the note" }).click();
  await reader.getByText("Somebody has changed this record since you opened it.").waitFor({ timeout: 5000 });
  assert.equal(await reader.getByLabel("Note", { exact: true }).inputValue(), "I am still typing");
  assert.equal(await writer.getByText("Somebody has changed this record").isVisible(), false, "whoever did it knows");
});

test("SD-5: while somebody types, no field names a service that they lost, and what they chose stays", async () => {
  const page = await open(browser, house, "Super admin");
  const me = (await house.api("GET", "/api/v1/me")).subject;
  const services = (await house.api("GET", "/api/v1/services")).items;
  const levelOn = (service) => `/api/v1/services/${service.id}/users/${me}`;
  const payroll = levelOn(services.find((one) => one.name === "Payroll"));
  const other = levelOn(services.find((one) => one.name !== "Payroll" && one.life === "active"));
  await house.api("PUT", other, { level: "user" });
  await page.goto("/service-desk/records");
  const words = page.getByRole("searchbox", { name: /Search by words/ });
  await words.fill("I am still typing");
  await page.getByText("More filters").click();
  const who = page.getByLabel("Assigned to a user or a group");
  await who.pressSequentially("Bo Ach");
  await page.getByRole("option", { name: /Bo Achterberg/ }).click();
  const offered = () => page.getByLabel("Service", { exact: true }).locator("option").allInnerTexts();
  assert.ok((await offered()).includes("Payroll"));
  await house.api("DELETE", payroll);
  try {
    await page.getByLabel("Service", { exact: true }).locator("option", { hasText: "Payroll" }).waitFor({ state: "detached", timeout: 5000 });
    assert.ok((await offered()).length > 1, "what is left is offered still");
    assert.equal(await words.inputValue(), "I am still typing");
    assert.equal(await who.inputValue(), "Bo Achterberg");
    assert.equal(await page.locator("main", { hasText: "Payroll" }).count(), 0);
  } finally {
    await house.api("PUT", payroll, { level: "administrator" });
    await house.api("DELETE", other);
  }
});

test("AD-28: what ended before a stream began, or while it was away, is gone from the page when it begins", async () => {
  const page = await open(browser, house, "Super admin");
  await incident(page, "Shown for a while");
  const record = page.url();
  const me = (await house.api("GET", "/api/v1/me")).subject;
  const { items } = await house.api("GET", "/api/v1/services");
  const payroll = `/api/v1/services/${items.find((one) => one.name === "Payroll").id}/users/${me}`;
  await page.route("**/service-desk/live", (route) => route.abort());
  await page.goto(record);
  await page.getByRole("heading", { level: 1, name: "Shown for a while" }).waitFor();
  await page.waitForTimeout(2500);
  await house.api("DELETE", payroll);
  try {
    assert.ok(await page.getByText("Shown for a while").count(), "nobody told it");
    await page.unroute("**/service-desk/live");
    await page.getByText("Shown for a while").first().waitFor({ state: "detached", timeout: 15_000 });
  } finally {
    await house.api("PUT", payroll, { level: "administrator" });
  }
});
