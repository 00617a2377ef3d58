// Home: what needs attention leads to where it is mended; and what is shown at an address that leads nowhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const attention = (page) => page.getByRole("region", { name: "Needs attention" });

test("an invitation that is not accepted is told of at home, and leads to whose it is", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/");
  const line = attention(page).getByRole("listitem").filter({ hasText: "One invitation is not accepted yet." });
  await line.getByRole("link", { name: "See whose" }).click();
  await heading(page, "Users").waitFor();
  const rows = page.locator("table.list tbody tr");
  assert.equal(await rows.count(), 1);
  assert.match(await rows.innerText(), /Noor Haddad.*Invited/s);
});

test("AD-8: the last Super admin who can sign in is told at home, and finds there whom to choose beside them", async () => {
  const [deputy] = (await house.api("POST", "/api/v1/people/search?facet=user", { q: "Mariko Sato" })).items;
  const page = await open(browser, house, "Super admin");
  const line = attention(page).getByRole("listitem").filter({ hasText: "Only one Super admin is left who can sign in." });
  await page.goto("/");
  await attention(page).waitFor();
  assert.equal(await line.count(), 0);
  await house.api("POST", `/api/v1/people/${deputy.id}/deactivation`, { facet: "user" });
  await page.reload();
  await line.getByRole("link", { name: "Choose another" }).click();
  await heading(page, "Users").waitFor();
  await page.getByLabel("Set account role to").waitFor();
  await house.api("POST", `/api/v1/people/${deputy.id}/reactivation`, { facet: "user" });
  await page.goto("/");
  await attention(page).waitFor();
  assert.equal(await line.count(), 0);
});

test("SD-39: a service that nobody works on is told of at home, mended where it leads to, and told of no more", async () => {
  const [ivana] = (await house.api("POST", "/api/v1/people/search", { q: "Ivana Lindqvist" })).items;
  await house.api("POST", "/api/v1/services", { name: "Lost and found", first_administrator: ivana.id });
  await house.api("POST", `/api/v1/people/${ivana.id}/deactivation`, { facet: "user" });
  const page = await open(browser, house, "Super admin");
  await page.goto("/");
  const line = attention(page).getByRole("listitem").filter({ hasText: "One service has nobody left who works on it." });
  await line.getByRole("link", { name: "Choose somebody" }).click();
  await heading(page, "Lost and found").waitFor();
  const row = page.locator("table.list tbody tr", { hasText: "Cleo Marsh" });
  await row.getByRole("radio", { name: "Administrator", exact: true }).check();
  await page.getByRole("button", { name: "Review changes…" }).click();
  await page.getByRole("button", { name: "Save 1 change" }).click();
  await page.getByRole("status").getByText("Saved.").waitFor();
  await page.goto("/");
  await attention(page).waitFor();
  assert.equal(await line.count(), 0);
});

test("whoever can mend nothing is told of nothing, and of rights that they do not have neither", async () => {
  const page = await open(browser, house, "Member");
  await page.goto("/");
  await heading(page, "Hello, Dag Ruiz").waitFor();
  assert.equal(await attention(page).count(), 0);
  await page.getByText("None over the account as a whole.").waitFor();
});

test("an address that leads nowhere and one that is denied say so, and lead on", async () => {
  const page = await open(browser, house, "Member");
  const [owner] = (await house.api("POST", "/api/v1/people/search", { q: house.address("Super admin") })).items;
  // Somebody whom the member does not see, and nobody, are told apart by nothing.
  for (const path of [`/people/${owner.id}`, `/people/per_${"0".repeat(32)}`, "/people/nobody", "/nothing/here"]) {
    const answer = await page.goto(path);
    assert.equal(answer.status(), 404, path);
    await heading(page, "Nothing here").waitFor();
    const shown = await page.locator("main").innerText();
    assert.match(shown, /There is no such page, or it is not for you to see\./);
    assert.ok(!shown.includes("Adaeze"), path);
  }
  await page.getByRole("link", { name: "Go to the first page" }).click();
  await heading(page, "Hello, Dag Ruiz").waitFor();
  assert.equal((await page.goto("/audit")).status(), 403);
  await heading(page, "You may not do this").waitFor();
  await page.getByRole("link", { name: "See what you can do" }).click();
  await heading(page, "Hello, Dag Ruiz").waitFor();
});
