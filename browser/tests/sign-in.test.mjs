// Signing in and out at a browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const OWNER = house.address("Super admin");

async function signIn(page, email, password) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const isHome = (page) => page.getByRole("heading", { level: 1, name: /^Hello, / }).waitFor();
const cookies = async (page) => (await page.context().cookies()).map(({ name }) => name);

test("the right password leads home, and the page says who is signed in", async () => {
  const page = await open(browser, house);
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await signIn(page, OWNER, house.password);
  await isHome(page);
  assert.equal(new URL(page.url()).pathname, "/");
  assert.match(await page.locator(".me").innerText(), /Super admin/);
  const [cookie] = await page.context().cookies();
  assert.deepEqual([cookie.httpOnly, cookie.secure, cookie.path], [true, true, "/"]);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script reads it");
});

test("whoever wanted a page gets there by signing in", async () => {
  const page = await open(browser, house);
  await page.goto("/account/sessions");
  await signIn(page, OWNER, house.password);
  await page.getByRole("heading", { name: "My sign-in sessions" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/account/sessions");
});

test("a wrong password opens nothing: the page says so above and at the field, and keeps the address", async () => {
  const page = await open(browser, house);
  await page.goto("/sign-in");
  await signIn(page, OWNER, "not the password");
  assert.match(await page.getByRole("alert").innerText(), /do not match/);
  const password = page.getByLabel("Password");
  assert.equal(await page.getByLabel("E-mail address").inputValue(), OWNER);
  assert.deepEqual([await password.inputValue(), await password.getAttribute("aria-invalid")], ["", "true"]);
  assert.match(await password.getAttribute("aria-describedby"), /^password-error /);
  assert.ok(await password.evaluate((field) => field === document.activeElement), "what is wrong has the focus");
  assert.ok(!page.url().includes("@"), "no address of a person in the address of a page");
  assert.deepEqual(await cookies(page), []);
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("an unknown address gets the same words as a wrong password", async () => {
  const words = async (email) => {
    const page = await open(browser, house);
    await page.goto("/sign-in");
    await signIn(page, email, "not the password");
    return page.getByRole("alert").innerText();
  };
  assert.equal(await words("nobody@example.net"), await words(house.address("Admin")));
});

test("signing out ends it, and going back shows nothing", async () => {
  const page = await open(browser, house);
  await page.goto("/sign-in");
  await signIn(page, OWNER, house.password);
  await isHome(page);
  const kept = await page.context().storageState();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual(await cookies(page), []);
  await page.goBack();
  await page.waitForURL("**/sign-in*");
  // Not only the cookie is gone: the session is over.
  const thief = await open(browser, house, undefined, { storageState: kept });
  await thief.goto("/");
  assert.equal(new URL(thief.url()).pathname, "/sign-in");
});

test("the keyboard is enough", async () => {
  const page = await open(browser, house);
  await page.goto("/sign-in");
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  assert.equal(await focused(), "email");
  await page.keyboard.type(OWNER);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "password");
  await page.keyboard.type(house.password);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Forgot your password?");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "with a link by mail");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Sign in");
  await page.keyboard.press("Enter");
  await isHome(page);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "See whose", "the rail is skipped");
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(ring, "none", "the focus is seen");
});

test("no script is needed, to sign in and out", async () => {
  const page = await open(browser, house, undefined, { javaScriptEnabled: false });
  await page.goto("/");
  await signIn(page, OWNER, "not the password");
  await page.getByRole("alert").waitFor();
  await signIn(page, OWNER, house.password);
  await isHome(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in*");
  assert.deepEqual(await cookies(page), []);
});
