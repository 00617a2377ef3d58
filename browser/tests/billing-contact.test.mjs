// Billing › Billing contact: handed over to an account admin, who accepts it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const PAGE = "/billing/contact";
const OWNER = "Adaeze Okafor";
/** An account admin of the demonstration, to whom it is offered there. */
const GRETA = "Greta Fischer";

const fact = (page, name) => page.locator(".facts > div", { has: page.getByText(name, { exact: true }) }).getByRole("definition");
const part = (page, id) => page.locator("section.effect", { has: page.locator(`#${id}`) });

async function contact(who) {
  const page = await open(browser, house, who);
  await page.goto(PAGE);
  await page.getByRole("heading", { level: 1, name: "Billing contact" }).waitFor();
  return page;
}

/** Names somebody in the form that has this button, and sends it. */
async function name(page, who, button) {
  const form = page.locator("form", { has: page.getByRole("button", { name: button }) });
  const field = form.getByLabel("Name or address of an account admin");
  await field.fill(who);
  await form.getByRole("option").filter({ hasText: who }).waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await form.getByRole("button", { name: button }).click();
}

const addressOf = async (who) => (await house.api("POST", "/api/v1/people/search", { q: who })).items[0].email;

test("AD-16: nobody but an account admin becomes billing contact, and the refusal names the rule", async () => {
  const page = await contact("Super admin");
  await name(page, "Bo Achterberg", "Make billing contact…");
  const refused = page.getByRole("alert");
  assert.match(await refused.innerText(), /This cannot be saved\..*account admin.*Rule AD-16/s);
  await page.locator(".review").getByRole("link", { name: "Back" }).click();
  assert.match(await fact(page, "Billing contact").innerText(), new RegExp(OWNER));
});

test("AD-16: an offer is taken back and made again, and changes nothing before it is accepted", async () => {
  const page = await contact("Super admin");
  await page.getByRole("button", { name: "Take the offer back" }).click();
  await page.getByRole("status").first().waitFor();
  assert.equal(await fact(page, "Offered to").count(), 0);
  const greta = await contact(await addressOf(GRETA));
  assert.equal(await greta.getByRole("button", { name: "Accept…" }).count(), 0, "there is nothing to accept");

  await name(page, GRETA, "Offer…");
  assert.match(await page.locator(".review").innerText(), /Nothing changes before they accept/);
  await page.getByRole("button", { name: "Offer it" }).click();
  await fact(page, "Offered to").waitFor();
  assert.match(await fact(page, "Offered to").innerText(), new RegExp(`${GRETA}\\s+has not accepted yet`));
  assert.match(await fact(page, "Billing contact").innerText(), new RegExp(`${OWNER}\\s+you`));
});

test("AD-16: whoever is offered it accepts after a review of what goes from one to the other", async () => {
  const page = await contact(await addressOf(GRETA));
  assert.match(await fact(page, "Offered to").innerText(), new RegExp(`${GRETA}\\s+you`));
  await page.getByRole("button", { name: "Accept…" }).click();
  await page.locator(".review").waitFor();
  assert.match(await part(page, "gains").innerText(), new RegExp(`${GRETA}.*change the subscription plan`, "s"));
  assert.match(await part(page, "losses").innerText(), new RegExp(`${OWNER}.*change the subscription plan`, "s"));
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.match(await fact(page, "Billing contact").innerText(), new RegExp(OWNER), "nothing is taken over by looking");

  await page.getByRole("button", { name: "Accept…" }).click();
  await page.locator(".review footer").getByRole("button").click();
  await page.getByRole("status").first().waitFor();
  assert.match(await fact(page, "Billing contact").innerText(), new RegExp(`${GRETA}\\s+you`));
  assert.equal(await fact(page, "Offered to").count(), 0);
  const before = await contact("Super admin");
  assert.match(await fact(before, "Billing contact").innerText(), new RegExp(GRETA));
});

test("AD-16: a Super admin hands it over on somebody's behalf; whoever has nothing to do with it sees no such page", async () => {
  const page = await contact("Super admin");
  await name(page, OWNER, "Make billing contact…");
  await page.locator(".review").waitFor();
  assert.match(await part(page, "gains").innerText(), new RegExp(OWNER));
  await page.locator(".review footer").getByRole("button").click();
  await page.getByRole("status").first().waitFor();
  assert.match(await fact(page, "Billing contact").innerText(), new RegExp(`${OWNER}\\s+you`));

  const member = await open(browser, house, "Member");
  assert.equal((await member.goto(PAGE)).status(), 403);
  assert.match(await member.locator("main").innerText(), /You may not do this/);
  assert.ok(!(await member.locator("main").innerText()).includes(OWNER));
});
