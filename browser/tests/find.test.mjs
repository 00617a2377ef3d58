// The one search that stands above every page.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const field = (page) => page.getByRole("combobox", { name: /^Search people, companies/ });
const hits = (page) => page.getByRole("search", { name: "Everything" }).getByRole("option");

/** Searches from a page that has no other field in use: with "/" and typing alone. */
async function search(page, text) {
  await page.goto("/account");
  await page.keyboard.press("/");
  assert.ok(await field(page).evaluate((field) => field === document.activeElement), "/ leads to the search");
  assert.equal(await field(page).inputValue(), "", "and is not typed into it");
  await page.keyboard.type(text);
}

for (const [typed, hit, what, title] of [
  ["bo achter", "Bo Achterberg", "user", "Bo Achterberg"],
  ["payr", "Payroll", "service", "Payroll"],
  ["helpl", "Helpline", "queue", "Helpline"],
  ["aldermoor bak", "Aldermoor Bakery", "company", "Aldermoor Bakery"],
  ["compari", "Comparison", "page", "Roles of remote support, compared"],
]) {
  test(`the search above every page finds a ${what} and leads there, with the keyboard alone`, async () => {
    const page = await open(browser, house, "Super admin");
    await search(page, typed);
    // The first letters found others before.
    await hits(page).first().filter({ hasText: hit }).waitFor();
    assert.match(await hits(page).first().innerText(), new RegExp(`^${hit}\\s+${what}`));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await heading(page, title).waitFor();
    assert.equal(new URL(page.url()).search, "", "what is typed stands in no address");
  });
}

test("what is typed and not chosen is answered by a page, also where nothing is found", async () => {
  const page = await open(browser, house, "Super admin");
  await search(page, "bo achter");
  await hits(page).first().waitFor();
  await page.keyboard.press("Enter");
  await heading(page, "Search").waitFor();
  assert.equal(new URL(page.url()).search, "");
  await page.getByRole("row", { name: /Bo Achterberg\s+user/ }).getByRole("link").click();
  await heading(page, "Bo Achterberg").waitFor();
  await search(page, "zzzzzz");
  await page.getByRole("search", { name: "Everything" }).getByText("Nothing found").waitFor({ state: "attached" });
  await page.keyboard.press("Enter");
  await page.getByText("Nothing that you see begins so.").waitFor();
});

test("SD-36: nobody is found by whoever does not see them, and no page that is not theirs", async () => {
  const page = await open(browser, house, "Member");
  for (const text of ["adaeze", "connections"]) {
    await search(page, text);
    await page.keyboard.press("Enter");
    await page.getByText("Nothing that you see begins so.").waitFor();
  }
  await search(page, "tokens");
  await hits(page).filter({ hasText: "Tokens" }).waitFor();
});

test("without a script the search is a form", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  await page.goto("/");
  const box = page.getByRole("search", { name: "Everything" }).getByRole("searchbox");
  await box.fill("payroll");
  await box.press("Enter");
  await page.getByRole("row", { name: /^Payroll\s+service/ }).getByRole("link").click();
  await heading(page, "Payroll").waitFor();
});
