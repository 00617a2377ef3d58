// Access › Ask: a question is put together with the keyboard, answered with its reasons, and the answer is lived by.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const heading = (page) => page.locator("h1");
const verdict = (page) => page.locator(".verdict strong");

/** Types into a picker and takes the only thing that is found, with the keyboard. */
async function pick(page, label, name) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(name.slice(0, -2));
  const hit = page.getByRole("option").filter({ hasText: name });
  await hit.waitFor();
  await field.press("ArrowDown");
  assert.equal(await hit.getAttribute("aria-selected"), "true");
  assert.equal(await field.getAttribute("aria-activedescendant"), await hit.getAttribute("id"));
  await field.press("Enter");
  assert.equal(await field.inputValue(), name);
}

async function ask(page) {
  await page.goto("/access/ask");
  await pick(page, "Person", "Bo Achterberg");
  await page.getByLabel("Permission", { exact: true }).selectOption({ label: "delete records" });
  await pick(page, "Thing", "Payroll");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await verdict(page).waitFor();
}

test("AD-31: a no names what stood in the way and what would open it, and doing that makes it a yes", async () => {
  const page = await open(browser, house, "Super admin");
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await ask(page);
  assert.equal(await heading(page).innerText(), "Ask about access");
  assert.equal(await verdict(page).innerText(), "No.");
  assert.match(await page.locator(".gates .fail").innerText(), /Permission held/);
  const remedy = page.locator(".remedies li").first();
  assert.match(await remedy.innerText(), /Give Bo Achterberg Administrator access to Payroll/);
  assert.match(await page.locator(".picture desc").textContent(), /It breaks after User access/);
  assert.deepEqual(asked.filter((url) => /Bo|Achterb/.test(url)), [], "no name in an address");

  const question = page.url();
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  const row = page.locator("table.list tbody tr", { hasText: "Bo Achterberg" });
  await row.getByRole("radio", { name: "Administrator", exact: true }).check();
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.goto(question);
  assert.equal(await verdict(page).innerText(), "Yes.");
  assert.equal(await page.locator(".remedies li").count(), 0);
});

test("what is typed and not chosen is asked about, and Escape closes what was found", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/access/ask");
  const field = page.getByLabel("Person", { exact: true });
  await field.fill("Cleo");
  const hits = page.getByRole("option");
  await hits.first().waitFor();
  assert.equal(await field.getAttribute("aria-expanded"), "true");
  await field.press("Escape");
  assert.equal(await hits.filter({ visible: true }).count(), 0);
  assert.equal(await field.getAttribute("aria-expanded"), "false");
  assert.equal(await page.locator("[name=subject]").inputValue(), "", "nobody is chosen");
});

test("without a script the same question is asked by typing and choosing", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  await page.goto("/access/ask");
  await page.getByLabel("Person", { exact: true }).fill("Greta Holm");
  await page.getByLabel("Permission", { exact: true }).selectOption({ label: "delete records" });
  await page.getByLabel("Thing", { exact: true }).fill("Payroll");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  assert.equal(await heading(page).innerText(), "Ask about access");
  assert.match(await page.locator(".verdict").innerText(), /Greta Holm may (not )?delete records on Payroll/);
});
