// Access › Who can and Support check: who may do what on a thing, now and then, and what a caller may be helped with.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const WHO_CAN = "/access/who-can";
const CHECK = "/access/support-check";

const matrix = (page) => page.getByRole("region", { name: /^People and permissions in / }).getByRole("table");
const people = (page) => matrix(page).getByRole("rowheader");
const row = (page, who) => matrix(page).getByRole("row").filter({ has: page.getByRole("rowheader", { name: who }) });
const changers = (page) => page.getByRole("region", { name: "May change access to this" });

/** Types into a picker and takes what is found. */
async function pick(page, label, name) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(name.slice(0, -1));
  await page.getByRole("listbox", { name: "Found" }).getByRole("option").filter({ hasText: name }).first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
}

/** Who can do what on this thing: all of it, or one permission, and then as of a day if one is given. */
async function whoCan(page, on, permission, day) {
  await page.goto(WHO_CAN);
  await pick(page, "Thing", on);
  if (permission) await page.getByLabel("Permission", { exact: true }).selectOption({ label: permission });
  if (day) await page.getByLabel("as of").fill(day);
  await page.getByRole("button", { name: "Show", exact: true }).click();
}

test("who can do what on a service is a table of people and permissions, and each mark leads to its reasons", async () => {
  const page = await open(browser, house, "Super admin");
  await whoCan(page, "Payroll");
  await people(page).first().waitFor();
  assert.match(await row(page, "Bo Achterberg").innerText(), /may create records: why\s.*may not delete records: why not/s);
  assert.match(await row(page, "Ana Lindqvist").innerText(), /may delete records: why/);
  const own = await row(page, "Adaeze Okafor").innerText();
  assert.match(own, /may create records: why\s.*may not delete records: why not/s, "by her level on it, and not because she configures the desk (SD-6)");
  await row(page, "Bo Achterberg").getByRole("link", { name: "may not delete records: why not" }).click();
  await page.getByRole("heading", { level: 1, name: "Ask about access" }).waitFor();
  assert.match(await page.locator(".verdict").innerText(), /No\.\s+Bo Achterberg may not delete records on Payroll/);
});

test("one permission is one column of those who hold it, and the file has the same rows", async () => {
  const page = await open(browser, house, "Super admin");
  await whoCan(page, "Payroll", "delete records");
  await people(page).first().waitFor();
  assert.deepEqual(await matrix(page).getByRole("columnheader").allInnerTexts(), ["Person", "delete records"]);
  const shown = (await people(page).allInnerTexts()).map((name) => name.trim());
  assert.ok(shown.includes("Ana Lindqvist") && !shown.includes("Bo Achterberg"), `${shown}`);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export (CSV)" }).click()]);
  assert.equal(file.suggestedFilename(), "who-can.csv");
  const [head, ...rows] = (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
  assert.equal(head, '"id","name","service_desk.record.delete"');
  const names = rows.map((line) => /^"per_[\da-f]+","(.*)","yes"$/.exec(line)[1]);
  assert.deepEqual(names.toSorted(), shown.toSorted());
});

test("who could change access to a service a month ago is shown as it was then", async () => {
  const page = await open(browser, house, "Super admin");
  await whoCan(page, "Payroll");
  await changers(page).waitFor();
  const now = await changers(page).innerText();
  assert.ok(now.includes("Cleo Marsh") && !now.includes("Dag Ruiz"), now);
  await whoCan(page, "Payroll", undefined, new Date(Date.now() - 30 * 24 * 3_600_000).toISOString().slice(0, 10));
  await changers(page).waitFor();
  const then = await changers(page).innerText();
  assert.ok(then.includes("Dag Ruiz") && !then.includes("Cleo Marsh"), then);
  await people(page).first().waitFor();
  await page.reload();
  assert.equal(await changers(page).innerText(), then, "the address asks the same again");
});

test("a moment before the account began is refused with the day on which it began, and the question stays", async () => {
  const page = await open(browser, house, "Super admin");
  await whoCan(page, "Payroll", "delete records", "2020-01-01");
  assert.match(await page.getByRole("alert").innerText(), /The account begins on \d+ \w+ \d{4}/);
  assert.equal(await page.getByLabel("as of").inputValue(), "2020-01-01");
  assert.equal(await page.getByLabel("Thing", { exact: true }).inputValue(), "Payroll");
  assert.equal(await matrix(page).count(), 0);
});

test("what is asked of the account is not asked of a service, and one click asks it there", async () => {
  const page = await open(browser, house, "Super admin");
  await whoCan(page, "Payroll", "manage custom roles");
  await page.getByText("“manage custom roles” is asked of the account as a whole, not of Payroll.").waitFor();
  await page.getByRole("link", { name: "Who can do it in the account as a whole" }).click();
  await people(page).first().waitFor();
  assert.ok((await people(page).allInnerTexts()).some((name) => name.includes("Adaeze Okafor")));
});

test("who may not ask about others finds no way to Who can, and is refused there", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/access/ask");
  assert.equal(await page.getByRole("link", { name: "Who can" }).count(), 0);
  assert.equal((await page.goto(WHO_CAN)).status(), 403);
  assert.match(await page.locator("main").innerText(), /You may not do this/);
});

test("AD-21: a caller may be helped with exactly what their own permissions allow", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(CHECK);
  await pick(page, "Who calls", "Bo Achterberg");
  await page.getByRole("button", { name: "Check" }).click();
  const payroll = page.getByRole("region", { name: "Payroll" });
  await payroll.waitFor();
  const helps = await payroll.getByRole("listitem").allInnerTexts();
  assert.ok(helps.some((help) => /^create records/.test(help)), `${helps}`);
  assert.ok(!helps.some((help) => /delete records/.test(help)), `${helps}`);
  assert.ok(!page.url().includes("Bo"), "no name in an address");
  await payroll.getByRole("link", { name: "create records" }).click();
  assert.match(await page.locator(".verdict").innerText(), /Yes\.\s+Bo Achterberg may create records on Payroll/);
});

test("AD-21: whoever holds nothing is helped with nothing", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(CHECK);
  await pick(page, "Who calls", "Emil Jensen");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("With nothing.", { exact: true }).waitFor();
  assert.match(await page.locator("main").innerText(), /Emil Jensen\s+holds no permission/);
});

test("AD-31: whoever may ask about nobody else checks themselves, and finds nobody else", async () => {
  const page = await open(browser, house, "Member");
  await page.goto(CHECK);
  await pick(page, "Who calls", "Dag Ruiz");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("region", { name: "Payroll" }).waitFor();
  await page.goto(CHECK);
  await page.getByLabel("Who calls", { exact: true }).fill("Adaeze Okafor");
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByText("Nothing that you see begins so.").waitFor();
  assert.equal(await page.getByText("With nothing.").count(), 0, "an unknown caller is not one without rights");
});
