// View as: what somebody sees, and nothing is changed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const banner = (page) => page.getByRole("region", { name: "Viewing as somebody else" });

/** A browser in which the Super admin views as somebody. */
async function viewing(who) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/people/users");
  await page.getByRole("search", { name: "Filter this list" }).getByRole("searchbox").fill(who);
  await page.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  await page.locator("#list tbody th a").click();
  await page.getByRole("button", { name: "View as" }).click();
  await banner(page).waitFor();
  return page;
}

async function stop(page) {
  await banner(page).getByRole("button", { name: "Stop viewing" }).click();
  await banner(page).waitFor({ state: "detached" });
}

test("AD-27: every page says whom one views as, shows what both see, and leads out again", async () => {
  const page = await viewing("Bo Achterberg");
  assert.match(await banner(page).innerText(), /You view as Bo Achterberg/);
  assert.equal(await page.locator("h1").innerText(), "Hello, Bo Achterberg");
  assert.equal(await page.getByRole("link", { name: "Audit", exact: true }).count(), 0, "a team lead reads no audit log");
  const refused = await page.goto("/audit");
  assert.equal(refused.status(), 403);
  await page.goto("/people/users");
  await banner(page).waitFor();
  await stop(page);
  assert.equal((await page.goto("/audit")).status(), 200);
  assert.match(await page.locator("main").innerText(), /Viewed as/);
});

test("AD-27: whoever views as somebody saves nothing, though both might", async () => {
  const page = await viewing(house.address("Admin"));
  await page.goto("/access/roles/new");
  await banner(page).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Made while viewing");
  await page.locator("[name='admin.audit.view']").check();
  const answer = page.waitForResponse((answer) => answer.request().method() === "POST");
  await page.getByRole("button", { name: "Make the role…" }).click();
  assert.equal((await answer).status(), 403);
  assert.match(await page.locator("main").innerText(), /AD-27/);
  await page.goto("/");
  await stop(page);
  await page.goto("/access/roles");
  assert.ok((await page.locator("table.list tbody tr").count()) > 3);
  assert.equal(await page.getByText("Made while viewing").count(), 0);
});
