// A hundred thousand people, one with a name as long as it may be and one whose name is written from right to left: every list of them
// under both looks, and a tab of a service whose choices stay while one turns its pages.
import assert from "node:assert/strict";
import { test } from "node:test";

import { audit, listen, weigh } from "../lib/audit.mjs";
import { LOOKS, open } from "../lib/chromium.mjs";
import { large } from "../lib/house.mjs";
import { enter } from "../lib/stage.mjs";

const LONG = `Aaa ${"Konstantinopolitanischedudelsackpfeifenmacher".repeat(3)}`;
const ARABIC = "سامي الحداد";

const { browser, house } = await enter(large);

const add = (kind, name, address) => house.api("POST", `/api/v1/people/${kind}`, { name, email: `${address}@many.example` });
for (const kind of ["users", "customers"]) {
  await add(kind, LONG, `long.${kind}`);
  await add(kind, ARABIC, `sami.${kind}`);
}
const { items: services } = await house.api("GET", "/api/v1/services");
const payroll = services.find(({ name }) => name === "Payroll").id;

const rows = "main table tbody tr";
/** The lists, what stands above each, and whether they are so long that nobody counts them to the end. */
const LISTS = [
  { path: "/people/users", heading: "Users" },
  { path: "/people/users?sort=company", heading: "Users" },
  { path: "/people/customers", heading: "Customers", count: "10,000+" },
  { path: "/people/customers?sort=address", heading: "Customers", count: "10,000+" },
  { path: `/configure/services/${payroll}`, heading: "Payroll" },
  { path: `/configure/services/${payroll}/customers`, heading: "Payroll", count: "10,000+" },
  { path: `/configure/services/${payroll}/companies`, heading: "Payroll" },
  { path: "/configure/companies", heading: "Companies" },
  { path: `/access/who-can?on=${payroll}&people=everybody`, heading: "Who can" },
  { path: "/audit", heading: "Changes" },
];

for (const look of LOOKS) {
  for (const { path, heading, count } of LISTS) {
    test(`${path.replace(payroll, "{service}")}, ${look.name}`, async () => {
      const page = await open(browser, house, "Super admin", look);
      const heard = listen(page);
      assert.equal(await weigh(page, heard, path), 200);
      await audit(page, heard, { heading, shows: rows });
      const shown = await page.locator(rows).count();
      assert.ok(shown > 5 && shown <= 200, `${shown} rows`);
      if (count) assert.ok((await page.locator("main").innerText()).includes(count), `not ${count}`);
      await page.context().close();
    });
  }

  for (const list of ["users", "customers"]) {
    for (const [name, typed] of [[LONG, "konstantinopolitanische"], [ARABIC, "سامي"]]) {
      test(`${list} found by “${typed}”, and their page, ${look.name}`, async () => {
        const page = await open(browser, house, "Super admin", look);
        const heard = listen(page);
        await page.goto(`/people/${list}`);
        const search = page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox");
        await search.fill(typed);
        await search.press("Enter");
        const link = page.locator(rows).getByRole("link", { name }).first();
        await link.waitFor();
        await audit(page, heard, { heading: list === "users" ? "Users" : "Customers", shows: rows });
        await link.click();
        await page.getByRole("heading", { level: 1, name }).waitFor();
        await audit(page, heard, { heading: name, shows: "main section" });
        await page.context().close();
      });
    }
  }
}

test("SD-18: what is chosen on one page of a hundred thousand customers stays on the next, and is saved with it", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(`/configure/services/${payroll}/customers?level=none`);
  const chosen = [];
  for (let turn = 0; turn < 2; turn++) {
    const row = page.locator(rows).nth(3);
    chosen.push((await row.locator("th bdi").first().innerText()).trim());
    await row.locator("label", { hasText: "Access (no portal)" }).click();
    if (turn === 0) {
      await page.getByRole("button", { name: "Next page" }).click();
      await page.waitForFunction((before) => !document.querySelector("main table").innerText.includes(before), chosen[0]);
    }
  }
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("heading", { name: "Save 2 changes to Payroll?" }).waitFor();
  const review = await page.locator("main").innerText();
  for (const name of chosen) assert.ok(review.includes(name), `${name} is not in the review`);
  await page.getByRole("button", { name: "Save 2 changes" }).click();
  await page.getByRole("status").getByText("Saved").waitFor();
});
