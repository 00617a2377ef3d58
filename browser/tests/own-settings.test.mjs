// My settings and my profile: what everybody changes about themselves, who viewed as them, and the account of whoever is alone in it.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { empty } from "../lib/house.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();
const alone = await empty();
after(() => alone.stop());

const PASSWORD = "seven green tractors";

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const staff = (name) => `${name}@meridian-it.example`;

/** My profile, reached as its owner would reach it. */
async function profile(who) {
  const page = await open(browser, house, who);
  await page.goto("/");
  await page.getByRole("main").getByRole("link", { name: "My settings" }).click();
  await page.getByRole("link", { name: "My profile" }).click();
  await heading(page, "My profile");
  return page;
}

/** The link that was mailed to an address. */
async function mailed(email) {
  const page = await open(browser, house);
  const mail = page.getByRole("row").filter({ hasText: email }).getByRole("link");
  // The mail is on its way: the mailbox is looked at again until it is there.
  for (let tries = 0; tries < 200 && !(await mail.count()); tries++) await page.goto("/demo/mailbox");
  await mail.first().click();
  return page.getByRole("link", { name: "Follow the link" }).getAttribute("href");
}

/** Follows a link in a browser of its own, and confirms the address there. */
async function follow(link) {
  const page = await open(browser, house);
  await page.goto(link);
  await page.waitForFunction(() => document.getElementById("link").value !== "");
  await press(page, "Confirm");
  return page;
}

test("§4: one's own name is changed everywhere, and no name is refused", async () => {
  const page = await profile(staff("elif.richter31"));
  const name = page.getByLabel("Your name");
  await name.fill("  ");
  await press(page, "Save the name");
  assert.match(await page.getByRole("alert").innerText(), /Nothing was saved\./);
  assert.equal(await name.getAttribute("aria-invalid"), "true");
  await name.fill("Elif Sommer");
  await press(page, "Save the name");
  await page.locator(".me").getByText("Elif Sommer").waitFor();
  const admin = await open(browser, house, "Super admin");
  await admin.goto("/people/users");
  await admin.getByRole("search", { name: "Filter this list" }).getByRole("searchbox").pressSequentially("elif som");
  await admin.waitForFunction(() => document.querySelectorAll("#list tbody tr").length === 1);
  assert.match(await admin.locator("#list tbody tr").innerText(), /Elif Sommer\s+elif\.richter31@/);
});

test("§4: a new address counts once it is confirmed at both, and then one signs in with it", async () => {
  const [old, fresh] = [staff("dag.ruiz8"), "dag.new@meridian-it.example"];
  const page = await profile("Member");
  await page.getByLabel("New address").fill(old);
  await press(page, "Send the links");
  assert.match(await page.getByRole("alert").innerText(), /Nothing was saved\./);
  await page.getByText(/the address that you have/).waitFor();
  await page.getByLabel("New address").fill(fresh);
  await press(page, "Send the links");
  await page.getByText(`${fresh} waits to be confirmed`).waitFor();
  const first = await follow(await mailed(fresh));
  assert.match(await first.getByRole("status").innerText(), /Confirmed here\./);
  await page.reload();
  await page.getByText("New address: confirmed").waitFor();
  await page.getByText("Present address: not confirmed yet").waitFor();
  assert.equal(await section(page, "E-mail address").getByText(old, { exact: true }).count(), 1, "one of them is not both");
  const second = await follow(await mailed(old));
  await second.getByText("Your address is changed.").waitFor();
  await page.reload();
  await section(page, "E-mail address").getByText(fresh, { exact: true }).waitFor();
  const door = await open(browser, house);
  await door.goto("/sign-in");
  await door.getByLabel("E-mail address").fill(fresh);
  await door.getByLabel("Password").fill(house.password);
  await press(door, "Sign in");
  await heading(door, "Hello, Dag Ruiz");
});

test("§4: an address that is not wished for any more stays as it was", async () => {
  const page = await profile(staff("elif.jensen38"));
  await page.getByLabel("New address").fill("elif.else@meridian-it.example");
  await press(page, "Send the links");
  const link = await mailed("elif.else@meridian-it.example");
  await press(page, "Keep the present address");
  await section(page, "E-mail address").getByText(staff("elif.jensen38"), { exact: true }).waitFor();
  assert.equal(await page.getByText("waits to be confirmed").count(), 0);
  const late = await follow(link);
  assert.match(await late.getByRole("alert").innerText(), /The link is used, expired or unknown\./);
});

test("AD-27: whom somebody viewed as, sees who it was and until when", async () => {
  const who = staff("elif.dahl35");
  const own = await open(browser, house, who);
  await own.goto("/account");
  const viewed = section(own, "Who viewed as you");
  await viewed.getByText("Nobody did within a year.").waitFor();
  const page = await open(browser, house, "Super admin");
  const found = await house.api("POST", "/api/v1/people/search", { q: who });
  await page.goto(`/people/${found.items[0].id}`);
  await press(page, "View as");
  const banner = page.getByRole("region", { name: "Viewing as somebody else" });
  await banner.waitFor();
  await own.reload();
  assert.match(await viewed.getByRole("row").last().innerText(), /Adaeze Okafor[\s\S]*at the latest/);
  await press(banner, "Stop viewing");
  await banner.waitFor({ state: "detached" });
  await own.reload();
  assert.equal(await viewed.getByRole("row").count(), 2);
  assert.ok(!(await viewed.innerText()).includes("at the latest"), "it is over");
});

test("my settings lead to every right that one holds, with the way by which it comes", async () => {
  const page = await open(browser, house, staff("bo.achterberg6"));
  await page.goto("/account");
  assert.match(await section(page, "What you hold").innerText(), /Administration\s+1 right\b/);
  await page.getByRole("link", { name: "Every right, with the way by which it comes to you" }).click();
  await heading(page, "Bo Achterberg");
  const lisbon = page.getByRole("article").filter({ has: page.getByRole("heading", { level: 3, name: "Lisbon office" }) });
  assert.match(await lisbon.innerText(), /manage users[\s\S]*directly: account role Team lead/);
  assert.equal(await page.getByRole("button", { name: "View as" }).count(), 0);
});

test("AD-17: whoever is alone in the account finds it among their own settings, until a second user comes", async () => {
  const page = await open(browser, alone);
  await page.goto(alone.setUpLink);
  await page.waitForFunction(() => document.getElementById("link").value !== "");
  await page.getByLabel("Your name").fill("Olga Owner");
  await page.getByLabel("E-mail address").fill("olga@example.net");
  await page.getByLabel("Password").fill(PASSWORD);
  await press(page, "Set up and sign in");
  await heading(page, "Hello, Olga Owner");
  await page.goto("/account");
  const account = section(page, "The account");
  await account.getByText("you are its only user").waitFor();
  await account.getByRole("link", { name: "Services" }).waitFor();
  await account.getByRole("link", { name: "Add user" }).click();
  await heading(page, "Add a user");
  await page.getByLabel("Name", { exact: true }).fill("Ulf User");
  await page.getByLabel("E-mail address").fill("ulf@example.net");
  await press(page, "Go on");
  await page.locator(".review footer button").click();
  await page
    .getByRole("status")
    .getByText(/The user is added/)
    .waitFor();
  await page.goto("/account");
  await heading(page, "My settings");
  assert.equal(await account.count(), 0);
  await section(page, "What you hold").getByText("Administration").waitFor();
});
