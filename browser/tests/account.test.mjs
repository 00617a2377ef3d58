// Configure › Account: what holds for the account as a whole, and what follows from setting it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const PAGE = "/configure/account";

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const fact = (page, name) => page.locator(".facts > div", { has: page.getByText(name, { exact: true }) }).getByRole("definition");

async function account() {
  const page = await open(browser, house, "Super admin");
  await page.goto(PAGE);
  await heading(page, "Account").waitFor();
  return page;
}

test("the account says who may register, leads to where that is set, and says what is set there", async () => {
  const page = await account();
  assert.match(await fact(page, "May register").innerText(), /people of companies that accept it/);
  await fact(page, "May register").getByRole("link", { name: "Registration" }).click();
  await heading(page, "Registration").waitFor();
  await page.getByRole("radio", { name: /^Anyone/ }).check();
  await page.getByRole("button", { name: "Save…" }).click();
  await page.locator(".review").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.ok(await page.getByRole("radio", { name: /^People of companies/ }).isChecked(), "nothing is set by looking");

  await page.getByRole("radio", { name: /^Anyone/ }).check();
  await page.getByRole("button", { name: "Save…" }).click();
  await page.locator(".review footer").getByRole("button").click();
  await page.getByRole("status").first().waitFor();
  await page.reload();
  assert.ok(await page.getByRole("radio", { name: /^Anyone/ }).isChecked());
  await page.goto(PAGE);
  assert.match(await fact(page, "May register").innerText(), /anyone/);
});

test("AD-8: the account counts the Super admins who can sign in, and warns where one is left, as Home does", async () => {
  const page = await account();
  const warning = page.getByText("There is one Super admin.");
  assert.deepEqual([await fact(page, "Super admins").innerText(), await warning.count()], ["2", 0]);
  const [deputy] = (await house.api("POST", "/api/v1/people/search?facet=user", { q: "Mariko Sato" })).items;
  await house.api("POST", `/api/v1/people/${deputy.id}/deactivation`, { facet: "user" });
  await page.reload();
  const left = [await fact(page, "Super admins").innerText(), await warning.count()];
  await page.goto("/");
  await page.getByText("Only one Super admin is left who can sign in.").waitFor();
  await house.api("POST", `/api/v1/people/${deputy.id}/reactivation`, { facet: "user" });
  assert.deepEqual(left, ["1", 1]);
});

test("an Admin, who does not see the Account section, finds no way there and is refused", async () => {
  const page = await open(browser, house, "Admin");
  await page.goto("/configure/tokens");
  assert.equal(await page.getByRole("link", { name: "Account", exact: true }).count(), 0);
  assert.equal((await page.goto(PAGE)).status(), 403);
  assert.match(await page.locator("main").innerText(), /You may not do this/);
});

test("AD-28: a second factor that is asked of everybody is set up before anything else, also by whoever is signed in already", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/");
  await heading(page, "Hello, Dag Ruiz").waitFor();
  await house.api("PUT", "/api/v1/second-factor", { required: true });
  try {
    for (const path of ["/", "/account/sessions", "/billing/licences"]) {
      await page.goto(path);
      assert.equal(new URL(page.url()).pathname, "/account/second-factor", path);
    }
    await page.getByText("is asked of you here").waitFor();
  } finally {
    await house.api("PUT", "/api/v1/second-factor", { required: false });
  }
  await page.goto("/");
  await heading(page, "Hello, Dag Ruiz").waitFor();
});
