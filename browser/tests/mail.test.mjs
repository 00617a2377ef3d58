// Configure › Services › [service] › Mail, and of what somebody wants mails.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");

test("SD-37: a service takes mails at addresses that are looked at before they are saved", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name: "Payroll", exact: true }).click();
  await page.getByRole("link", { name: "Mail", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Payroll: mail" }).waitFor();
  const addresses = page.getByLabel("Addresses of Payroll");
  await addresses.fill("support+1@example.org");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await addresses.getAttribute("aria-invalid"), "true");

  await addresses.fill("payroll@example.org\npay@example.org");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByText("Not saved yet.").waitFor();
  assert.equal(await page.locator(".notice li").count(), 2);
  await page.getByRole("button", { name: "Save the addresses" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  assert.equal(await addresses.inputValue(), "payroll@example.org\npay@example.org");

  // Replies go to another address: the review says so.
  await addresses.fill("pay@example.org");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByText("Answers go to another address from now on.").waitFor();
  assert.match(await main(page).innerText(), /Mails to payroll@example\.org are refused/);
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.equal(await addresses.inputValue(), "payroll@example.org\npay@example.org");
});

test("SD-37: everybody says of what they want mails, in the console and in the portal", async () => {
  for (const [who, kind] of [["Admin", "Work was assigned to me"], ["Customer", "An incident of mine was closed"]]) {
    const page = await open(browser, house, who);
    await page.goto("/account");
    await page.getByRole("link", { name: "My mails" }).click();
    const box = page.getByLabel(kind);
    assert.ok(await box.isChecked());
    await box.uncheck();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("status").getByText("Saved.").waitFor();
    assert.equal(await page.getByLabel(kind).isChecked(), false);
  }
});
