// Passkeys, with an authenticator that Chromium plays: registered, used in the place of password and code, and removed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

/** A passkey is for a name: there is none for the number of a machine. */
const baseURL = house.url.replace("127.0.0.1", "localhost");
const PASSKEYS = "/account/passkeys";
const KIND = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true };

/** A browser with a device that knows the finger of whoever holds it, or does not. */
async function withDevice({ isUserVerified = true } = {}) {
  const page = await open(browser, house, undefined, { baseURL });
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  const options = { ...KIND, isUserVerified, automaticPresenceSimulation: true };
  const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options });
  const keys = async () => (await device.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  const knows = (isUserVerified) => device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
  return { page, keys, knows };
}

async function signIn(page, who) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(house.address(who));
  await page.getByLabel("Password").fill(house.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await isHome(page);
}

async function signOut(page) {
  await page.goto("/");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL("**/sign-in*");
}

const isHome = (page) => page.getByRole("heading", { level: 1, name: /^Hello, / }).waitFor();
const rows = (page) => page.locator("table.list tbody tr");
const withPasskey = (page) => page.getByRole("button", { name: "Sign in with a passkey" });

async function register(page) {
  await page.goto(PASSKEYS);
  await page.getByRole("button", { name: "Register a passkey" }).click();
}

test("a passkey is registered, signs in by itself, and opens nothing once it is removed", async () => {
  const { page, keys } = await withDevice();
  await signIn(page, "Admin");
  await page.goto(PASSKEYS);
  await page.getByText("You have no passkey yet.").waitFor();
  assert.equal(await rows(page).count(), 0);
  await register(page);
  await rows(page).first().waitFor();
  assert.equal(await rows(page).count(), 1);
  assert.match(await rows(page).innerText(), /Chrom/);
  const [key, ...others] = await keys();
  assert.deepEqual([key.rpId, others.length], ["localhost", 0]);

  await signOut(page);
  await withPasskey(page).click();
  await isHome(page);
  assert.match(await page.locator(".me").innerText(), /Admin/);
  assert.equal(await page.getByLabel("Password").count(), 0);

  await page.goto(PASSKEYS);
  await page.getByRole("button", { name: /^Remove/ }).click();
  await page.getByText("You have no passkey yet.").waitFor();
  await signOut(page);
  assert.equal((await keys()).length, 1, "the device has it still");
  await withPasskey(page).click();
  assert.match(await page.getByRole("alert").filter({ visible: true }).innerText(), /No passkey of anybody here/);
  await page.goto("/account");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("whoever wanted a page gets there with a passkey", async () => {
  const { page } = await withDevice();
  await signIn(page, "Super admin");
  await register(page);
  await rows(page).first().waitFor();
  await signOut(page);
  await page.goto("/access/roles");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
  await withPasskey(page).click();
  await page.getByRole("heading", { level: 1, name: "Roles" }).waitFor();
});

test("a device that does not know whose finger it is makes no passkey and signs nobody in", async () => {
  const { page, keys, knows } = await withDevice({ isUserVerified: false });
  await signIn(page, "Member");
  await register(page);
  const alert = page.getByRole("alert").filter({ visible: true });
  assert.match(await alert.innerText(), /The device made no passkey/);
  assert.deepEqual(await keys(), []);
  await page.goto(PASSKEYS);
  assert.equal(await rows(page).count(), 0);
  await knows(true);
  await register(page);
  await rows(page).first().waitFor();
  await signOut(page);
  await knows(false);
  await withPasskey(page).click();
  assert.match(await alert.innerText(), /No passkey answered/);
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("without a script passkeys are not offered, and the pages say what works", async () => {
  const page = await open(browser, house, "Super admin", { javaScriptEnabled: false });
  await page.goto(PASSKEYS);
  const advice = page.locator("noscript p");
  await advice.waitFor();
  assert.match(await advice.innerText(), /need a script.* One-time codes work without/);
  assert.equal(await page.getByRole("button", { name: "Register a passkey" }).count(), 0);
  const door = await open(browser, house, undefined, { javaScriptEnabled: false });
  await door.goto("/sign-in");
  assert.equal(await withPasskey(door).count(), 0);
});
