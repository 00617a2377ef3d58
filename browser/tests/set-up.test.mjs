// Links that work once: the first user of an empty server, and somebody who is invited.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { launch, open } from "../lib/chromium.mjs";
import { demo, empty } from "../lib/house.mjs";

const browser = await launch();
const house = await empty();
const meridian = await demo();
after(async () => {
  await browser.close();
  await Promise.all([house.stop(), meridian.stop()]);
});

const PASSWORD = "seven green tractors";

/** Collects where a page goes and from where, as servers and their logs see it. */
function addresses(page) {
  const seen = [];
  page.on("request", (request) => seen.push(request.url(), request.headers().referer ?? ""));
  return seen;
}

test("without a script the key of the link is typed into its field", async () => {
  const page = await open(browser, house, undefined, { javaScriptEnabled: false });
  await page.goto(house.setUpLink);
  const key = page.getByLabel("Key of the link");
  assert.equal(await key.inputValue(), "");
  await key.fill("not the key");
  await page.getByLabel("Your name").fill("Olga Owner");
  await page.getByLabel("E-mail address").fill("olga@example.net");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  assert.match(await page.getByRole("alert").innerText(), /used, expired or unknown/);
});

test("the link's key moves out of the address into the form, and opens the account once", async () => {
  const page = await open(browser, house);
  const seen = addresses(page);
  await page.goto(house.setUpLink);
  const [, secret] = house.setUpLink.split("#");
  const key = page.getByLabel("Key of the link");
  await page.waitForFunction(() => document.getElementById("link").value !== "");
  assert.equal(await key.inputValue(), secret);
  assert.equal(page.url(), `${house.url}/set-up`);
  await page.getByLabel("Your name").fill("Olga Owner");
  await page.getByLabel("E-mail address").fill("olga@example.net");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { name: "Hello, Olga Owner" }).waitFor();
  assert.match(await page.locator(".me").innerText(), /Super admin/);
  assert.deepEqual(seen.filter((address) => address.includes(secret)), [], "the key went into no address");
  const late = await page.goto(house.setUpLink);
  assert.equal(late.status(), 404, "after set-up there is no such page");
});

test("AD-15: whoever is invited follows the link of the mail, chooses a password, and is a user", async () => {
  const rita = { name: "Rita Roth", email: "rita@example.net" };
  const { id } = await meridian.api("POST", "/api/v1/people/users", rita);
  // Whoever holds nothing would be suspended.
  const roles = await meridian.api("GET", "/api/v1/roles");
  const role = roles.items.find(({ name }) => name === "Admin").id;
  await meridian.api("PUT", `/api/v1/people/${id}/account-role`, { role });
  const page = await open(browser, meridian);
  const seen = addresses(page);
  const mail = page.getByRole("row").filter({ hasText: rita.email }).getByRole("link", { name: "You are invited" });
  const link = page.getByRole("link", { name: "Follow the link" });
  // The mail is on its way.
  for (let tries = 0; tries < 50 && !(await mail.count()); tries++) {
    await page.goto("/demo/mailbox");
    if (!(await mail.count())) await page.waitForTimeout(200);
  }
  await mail.first().click();
  const secret = (await link.getAttribute("href")).split("#")[1];
  await link.click();
  await page.getByRole("heading", { name: "Accept your invitation" }).waitFor();
  await page.waitForFunction(() => document.getElementById("link").value !== "");
  assert.equal(page.url(), `${meridian.url}/invitation`);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Accept and sign in" }).click();
  await page.getByRole("heading", { name: "Hello, Rita Roth" }).waitFor();
  assert.deepEqual(seen.filter((address) => address.includes(secret)), [], "the key went into no address");
});
