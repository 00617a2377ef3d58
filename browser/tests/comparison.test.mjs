// Access › Comparison: the chart of the roles of remote support, as the article (S0) has it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const [NO, YES, DEPENDS] = ["no", "yes", "depends"];
const COLUMNS = ["Feature", "Customer", "Agent", "Account admin", "Billing contact"];
// Customers join and need no account; agents host; only account admins manage others, as far as their access goes; only the billing
// contact changes plans and billing information.
const CHART = {
  "Account required": [NO, YES, YES, YES],
  "Join support sessions": [YES, YES, YES, YES],
  "Host support sessions": [NO, YES, YES, YES],
  "Manage personal settings": [NO, YES, YES, YES],
  "Add and manage other agents": [NO, NO, DEPENDS, DEPENDS],
  "Add and manage device and user groups": [NO, NO, DEPENDS, DEPENDS],
  "Manage account-wide settings": [NO, NO, DEPENDS, YES],
  "Change subscription plans": [NO, NO, NO, YES],
  "Change billing information": [NO, NO, NO, YES],
};

/** What a cell says, without the dash that only the eye sees and with the foot-note in words. */
const said = (text) => text.replace(/^yes,\s*1$/, DEPENDS).replace(/^–\s*/, "");

for (const who of ["Super admin", "Member"]) {
  test(`the chart says what the article says, to a ${who}`, async () => {
    const page = await open(browser, house, who);
    await page.goto("/access/ask");
    await page.getByRole("link", { name: "Comparison" }).click();
    await page.getByRole("heading", { level: 1, name: "Roles of remote support, compared" }).waitFor();
    assert.deepEqual(await page.getByRole("columnheader").allInnerTexts(), COLUMNS);
    const chart = {};
    for (const row of await page.locator("table.matrix tbody").getByRole("row").all()) {
      const cells = await row.getByRole("cell").allInnerTexts();
      chart[await row.getByRole("rowheader").innerText()] = cells.map((text) => said(text.trim()));
    }
    assert.deepEqual(chart, CHART);
    await page.getByRole("link", { name: "1" }).first().click();
    assert.match(await page.locator(":target").innerText(), /Depends on the account admin's access/);
  });
}
