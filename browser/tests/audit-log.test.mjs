// Audit › Changes: what an act did, found again by who, what, on whom and when, and taken away as a file.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const LOG = "/audit";
const rows = (page) => page.locator("table.log tbody").getByRole("row");

/** Takes what is found for the text in a picker. */
async function pick(page, label, name) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(name.slice(0, -1));
  await page.getByRole("listbox", { name: "Found" }).getByRole("option").filter({ hasText: name }).first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
}

async function show(page) {
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/[?&]/);
}

async function log() {
  const page = await open(browser, house, "Super admin");
  await page.goto("/");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit" }).click();
  await page.getByRole("heading", { level: 1, name: "Changes" }).waitFor();
  return page;
}

test("AD-20: a save is in the log at once: who, what, before and after, and through which door", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  const row = page.locator("table.list tbody tr", { hasText: "Bo Achterberg" });
  await row.getByRole("radio", { name: "Administrator", exact: true }).check();
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.goto(LOG);
  const newest = rows(page).first();
  assert.match(await newest.innerText(), /Adaeze Okafor\s+Bo Achterberg: Administrator access to Payroll\s+.*Saved the Users tab/s);
  await newest.getByRole("rowheader").getByRole("link").click();
  await page.getByRole("heading", { level: 1, name: /^Change \d+$/ }).waitFor();
  assert.match(await page.locator(".facts").innerText(), /Act\s+Saved the Users tab of Payroll\s+Through\s+the console/);
});

test("AD-20: the log is filtered by whoever acted, by the kind of act and by what it concerns", async () => {
  const page = await log();
  await pick(page, "Done by", "Dag Ruiz");
  await show(page);
  const byDag = await rows(page).allInnerTexts();
  assert.ok(byDag.length > 1 && byDag.every((row) => row.includes("Dag Ruiz") && row.includes("Saved the Users tab")), `${byDag}`);
  assert.ok(!page.url().includes("Dag"), "no name in an address");

  await page.getByRole("link", { name: "Show everything" }).click();
  await page.waitForURL(/\/audit$/);
  await page.getByLabel("Kind of act").selectOption({ label: "Offered to be billing contact" });
  await show(page);
  assert.equal(await rows(page).count(), 1);
  await page.goto(LOG);
  await pick(page, "Concerns", "Helpline");
  await show(page);
  const ofHelpline = await rows(page).allInnerTexts();
  assert.ok(ofHelpline.length > 0 && ofHelpline.every((row) => row.includes("Helpline")), `${ofHelpline}`);
  await page.reload();
  assert.equal(await rows(page).count(), ofHelpline.length, "the address asks for the same again");
});

test("AD-20: days before the account began hold nothing, and the page says so", async () => {
  const page = await log();
  await page.getByLabel("until").fill("2020-01-01");
  await show(page);
  await page.getByText("Nothing happened that fits.").waitFor();
  assert.equal(await rows(page).count(), 0);
});

test("AD-20: the file tells what the filtered page tells", async () => {
  const page = await log();
  await page.getByLabel("Kind of act").selectOption({ label: "Changed account roles" });
  await show(page);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export (CSV)" }).click()]);
  assert.equal(file.suggestedFilename(), "audit.csv");
  const [head, ...lines] = (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
  assert.equal(head, '"version","at","actor","act","act_in_words","face","request","what","before"');
  assert.ok(lines.every((line) => line.includes('"set_account_roles","Changed account roles"')));
  const acts = new Set(lines.map((line) => /^"(\d+)"/.exec(line)[1]));
  const links = rows(page).getByRole("rowheader").getByRole("link");
  const shown = await links.evaluateAll((links) => links.map((link) => link.pathname.split("/").at(-1)));
  assert.deepEqual([...acts].toSorted(), shown.toSorted());
});

test("AD-20: who may not read the log finds no way there and is refused, its file included", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/");
  assert.equal(await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Audit" }).count(), 0);
  for (const path of [LOG, `${LOG}/1`, `${LOG}/export`]) {
    assert.equal((await page.goto(path)).status(), 403, path);
    assert.match(await page.locator("main").innerText(), /You may not do this/);
  }
});
