// Saved queries: kept from the list of records, opened beside it, shared, changed and deleted.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const saved = (page) => page.getByRole("navigation", { name: "Saved queries" });

test("a query is saved from the list, found beside it, saved over, renamed, shared and deleted", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/service-desk/records");
  await page.getByLabel("Priority").selectOption({ label: "Critical" });
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByText("Save this query", { exact: true }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("What burns");
  await page.getByRole("button", { name: "Save as a new query" }).click();
  await page.getByRole("heading", { level: 1, name: "What burns" }).waitFor();
  assert.match(page.url(), /\?query=qry_[0-9a-f]{32}$/, "what it is called stands in no address");

  await page.goto("/service-desk/records");
  await saved(page).getByRole("link", { name: "What burns" }).click();
  await page.getByRole("heading", { level: 1, name: "What burns" }).waitFor();
  assert.equal(await page.getByLabel("Priority").inputValue(), "1");
  await page.getByLabel("State").selectOption({ label: "Open" });
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByText("Save this query", { exact: true }).click();
  await page.getByRole("button", { name: /^Save over “\s*What burns\s*”$/ }).click();
  await page.getByRole("heading", { level: 1, name: "What burns" }).waitFor();
  assert.equal(await page.getByLabel("State").inputValue(), "open");

  await page.goto("/service-desk/queries");
  await page.getByRole("link", { name: /^Rename, share or delete\s*: What burns$/ }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("What burns now");
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { level: 1, name: "What burns now" }).waitFor();
  await page.getByLabel("Name of a user or group").fill("Second line");
  await page.getByRole("button", { name: "Share it" }).click();
  await main(page).getByRole("button", { name: /^Remove\s*: Second line$/ }).waitFor();

  await page.getByText("Delete…", { exact: true }).click();
  await page.getByRole("button", { name: "Delete the query" }).click();
  await page.getByRole("heading", { level: 1, name: "Queries" }).waitFor();
  assert.equal(await main(page).getByText("What burns now").count(), 0);
});
