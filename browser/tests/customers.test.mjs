// People › Customers: found while somebody types, several changed at once, and exported.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const rows = (page) => page.locator("#list table.list tbody tr");
const row = (page, email) => rows(page).filter({ hasText: email });
const search = (page) => page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox");
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });

async function customers(who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto("/people/customers");
  await heading(page, "Customers");
  return page;
}

/** Keeps what a link brings down, as lines. */
async function download(page, link) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()]);
  const text = await readFile(await file.path(), "utf8");
  return { name: file.suggestedFilename(), lines: text.trimEnd().split("\n") };
}

test("customers are found while somebody types, by name and by company", async () => {
  const page = await customers();
  await search(page).pressSequentially("ana w");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  assert.match(await rows(page).innerText(), /Ana Wójcik[\s\S]*Aldermoor Law/);
  await search(page).fill("aldermoor orch");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length > 1);
  await page.getByLabel("Portal level", { exact: true }).selectOption("Company Admin");
  await page.waitForURL(/level=company_admin/);
  assert.equal(
    await rows(page)
      .filter({ hasNotText: /Company Admin\s+Aldermoor Orchards/ })
      .count(),
    0,
  );
  assert.ok((await rows(page).count()) > 0);
});

test("AD-22: the file has those who are seen in the list, also after typing", async () => {
  const page = await customers();
  const whole = await download(page, "Export");
  assert.match(whole.name, /\.csv$/);
  assert.match(whole.lines[0], /"name","email","portal_level","company","status"/);
  assert.ok(whole.lines.length > 900);
  await search(page).pressSequentially("ana w");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  const found = await download(page, "Export");
  assert.equal(found.lines.length, 2);
  assert.match(found.lines[1], /"Ana Wójcik","ana\.wjcik749@aldermoor-law\.example","Standard","Aldermoor Law","Active"/);
});

test("SD-25: of those who are chosen each is told of, and who has no company is left with the reason", async () => {
  const page = await customers();
  const [changed, left] = ["ana.nowak293@", "aoife.osullivan863@"];
  const choose = async () => {
    for (const email of [changed, left]) await row(page, email).getByRole("checkbox").check();
    await page.getByLabel("Set portal level to").selectOption("Company");
    await press(page, "Review those chosen…");
    await heading(page, "Set the portal level Company of 2 customers?");
  };
  await choose();
  const review = await page.locator(".review").innerText();
  assert.match(review, /1\s+changed/);
  assert.match(review, /1\s+not changed:\s+Aoife O’Sullivan\s+Is an employee of no company\./);
  assert.match(await gains(page).innerText(), /Ana Nowak\s+log incidents, follow own incidents/);
  assert.ok(!(await gains(page).innerText()).includes("Aoife"));
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.match(await row(page, changed).innerText(), /\sNone\s/, "Cancel changes nothing");

  await choose();
  await press(page, "Set the portal level Company");
  await heading(page, "What became of them");
  await page.getByText("1 changed, 1 left as they were.").waitFor();
  const told = page.getByRole("table", { name: "Who was left as they were, and why" });
  assert.match(await told.innerText(), /Aoife O’Sullivan\s+Is an employee of no company\./);
  await page.getByRole("link", { name: "Back to customers" }).click();
  assert.match(await row(page, changed).innerText(), /\sCompany\s+Aldermoor Logistics/);
  assert.match(await row(page, left).innerText(), /\sStandard\s/);
});

test("SD-25: where nobody is chosen the list says so, on the page that was looked at, with the level kept", async () => {
  const page = await customers();
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByText(/^51–100 of/).first().waitFor();
  const first = await rows(page).first().innerText();
  await page.getByLabel("Set portal level to").selectOption("Company");
  await press(page, "Review those chosen…");
  assert.match(await page.getByRole("alert").innerText(), /Nothing was changed\. Nobody was chosen: choose customers in the first column\./);
  assert.equal(await rows(page).first().innerText(), first);
  assert.equal(await page.getByLabel("Set portal level to").locator("option:checked").innerText(), "Company");
  await rows(page).first().getByRole("checkbox").check();
  await press(page, "Review those chosen…");
  await heading(page, "Set the portal level Company of 1 customer?");
});

test("all whom a search finds are changed at once", async () => {
  const page = await customers();
  await search(page).pressSequentially("ana ros");
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  await page.getByLabel("Set portal level to").selectOption("None");
  await press(page, "Review all 1…");
  await heading(page, "Set the portal level None of 1 customer?");
  const losses = page.getByRole("region", { name: /loses? access$/ });
  assert.match(await losses.innerText(), /Ana Rossi\s+log incidents/);
  await press(page, "Set the portal level None");
  await page.getByText("Saved. Nobody was left out.").waitFor();
});

test("AD-6: an Admin is offered no role for several that they could not give", async () => {
  const page = await open(browser, house, "Admin");
  await page.goto("/people/users");
  const roles = await page.getByLabel("Set account role to").locator("option").allInnerTexts();
  assert.ok(roles.includes("Member") && roles.includes("Team lead"));
  assert.ok(!roles.includes("Admin") && !roles.includes("Super admin"));
});

test("§4: whoever may change nobody is offered no change of several", async () => {
  const page = await customers("Member");
  assert.equal(await page.getByLabel("Set portal level to").count(), 0);
  await page.goto("/people/users");
  assert.equal(await page.getByLabel("Set account role to").count(), 0);
  assert.equal(await rows(page).getByRole("checkbox").count(), 0);
});
