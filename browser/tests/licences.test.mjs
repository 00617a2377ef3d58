// Billing › Licences: seats are bought, given, taken and cleared, and there are never more in use than were bought.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const DESK = "Service desk licence";

const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const fact = (page, name) => page.locator(".facts > div", { has: page.getByText(name, { exact: true }) }).getByRole("definition");
const gains = (page) => page.locator("section.effect", { has: page.locator("#gains") });
const losses = (page) => page.locator("section.effect", { has: page.locator("#losses") });
const back = (page) => page.locator(".review").getByRole("link", { name: "Back" }).click();
const take = (page, who) => page.getByRole("button", { name: `Take… the licence from ${who}` });

/** The page of a licence. */
async function licence(who, name) {
  const page = await open(browser, house, who);
  await page.goto("/billing/licences");
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name).waitFor();
  return page;
}

/** Names the next holder, and asks for it to be given. */
async function give(page, who) {
  const field = page.getByLabel("Name or address of a user");
  await field.fill(who);
  await page.getByRole("option").filter({ hasText: who }).waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await page.getByRole("button", { name: "Give…" }).click();
}

/** Saves what the review shows. */
async function save(page, button, said) {
  await page.locator(".review").getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("status").getByText(said).waitFor();
}

/** Buys seats of a licence that nobody else of this file looks at. */
async function buy(name, seats) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/billing/licences");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Product").selectOption({ label: "Service desk" });
  await page.getByLabel("Seats", { exact: true }).fill(seats);
  await page.getByRole("button", { name: "Buy…" }).click();
  return page;
}

test("AD-14: a seat is taken and given after its review, and what it opened goes and comes with it", async () => {
  const page = await licence("Super admin", DESK);
  const left = Number(await fact(page, "Left").innerText());
  await take(page, "Cleo Marsh").click();
  await heading(page, `Take ${DESK} from Cleo Marsh?`).waitFor();
  assert.match(await losses(page).innerText(), /1\s+loses access\s+Cleo Marsh\s+create records.*Because no Service desk licence is held/s);
  assert.match(await gains(page).innerText(), /Nobody gains anything/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await take(page, "Cleo Marsh").waitFor();
  assert.equal(Number(await fact(page, "Left").innerText()), left, "nothing is taken by looking");

  await take(page, "Cleo Marsh").click();
  await save(page, "Take the licence", "Taken: the seat is free.");
  assert.equal(await take(page, "Cleo Marsh").count(), 0);
  assert.equal(Number(await fact(page, "Left").innerText()), left + 1, "revoking frees");

  await give(page, "Cleo Marsh");
  await heading(page, `Give ${DESK} to Cleo Marsh?`).waitFor();
  assert.match(await gains(page).innerText(), /1\s+gains access\s+Cleo Marsh\s+create records.*Because a licence is held/s);
  await save(page, "Give the licence", "Given.");
  await page.reload();
  assert.equal(Number(await fact(page, "Left").innerText()), left);
  await take(page, "Cleo Marsh").waitFor();
});

test("AD-14: an administrator clears a seat that a session occupies", async () => {
  const page = await licence("Super admin", "Remote Support, concurrent");
  assert.deepEqual([await fact(page, "In use").innerText(), await fact(page, "Left").innerText()], ["1", "4"]);
  await page.getByRole("button", { name: "Clear… the seat of Ana Lindqvist" }).click();
  await heading(page, "Clear the seat of Ana Lindqvist?").waitFor();
  assert.match(await page.locator(".review").innerText(), /needs a new session key/);
  await save(page, "Clear the seat", /./);
  assert.deepEqual([await fact(page, "In use").innerText(), await fact(page, "Left").innerText()], ["0", "5"]);
  await page.getByText("No seat that you can clear is occupied.").waitFor();
  assert.equal(await take(page, "Ana Lindqvist").count(), 1, "she is entitled as before");
});

test("AD-14: where all seats are taken one more is refused with the number left, and less than is in use with that number", async () => {
  const page = await buy("Desk for guests", "1");
  await save(page, "Buy", /./);
  await heading(page, "Desk for guests").waitFor();
  await give(page, "Emil Jensen");
  await page.getByRole("status").getByText("Given.").waitFor();
  assert.match(await fact(page, "Left").innerText(), /none left/);

  await give(page, "Ana Berg");
  const refused = page.getByRole("alert");
  await refused.waitFor();
  assert.match(await refused.innerText(), /This cannot be saved\..*\b0\b.*Rule (AD-14|I-10)/s);
  await back(page);
  await take(page, "Emil Jensen").waitFor();
  assert.equal(await take(page, "Ana Berg").count(), 0);

  await page.getByLabel("Seats to have").fill("0");
  await page.getByRole("button", { name: "Save the number" }).click();
  await refused.waitFor();
  assert.match(await refused.innerText(), /\b1\b.*Rule (AD-14|I-10)/s);
  await back(page);
  assert.equal(await fact(page, "Bought").innerText(), "1");
});

test("a number of seats that is none is said at its field, and nothing is bought", async () => {
  const page = await buy("Desk for many", "many");
  await page.getByRole("alert").getByText("Nothing was bought.").waitFor();
  const seats = page.getByLabel("Seats", { exact: true });
  assert.equal(await seats.getAttribute("aria-invalid"), "true");
  assert.match(await page.locator(`#${await seats.getAttribute("aria-describedby")}`).innerText(), /like 25/);
  assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Desk for many", "what was typed stays");
  await page.goto("/billing/licences");
  assert.equal(await page.getByRole("link", { name: "Desk for many" }).count(), 0);
});

test("AD-14: whoever only holds a licence sees their own seat, and no number and no button", async () => {
  const page = await licence("Member", DESK);
  const holders = page.getByRole("table", { name: `Holders of ${DESK}` });
  await holders.getByRole("link", { name: "Dag Ruiz" }).waitFor();
  assert.equal(await holders.getByRole("link", { name: "Adaeze Okafor" }).count(), 0, "only those whom they see");
  for (const name of ["Give…", "Save the number", "Rename", "Archive…"]) {
    assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  }
  assert.equal(await fact(page, "Bought").count(), 0);
  await page.goto("/billing/licences");
  assert.equal(await page.getByRole("button", { name: "Buy…" }).count(), 0);
});

test("whoever holds a seat gives it up, and is told so on a page that they may still see", async () => {
  const page = await licence("Member", DESK);
  await take(page, "Dag Ruiz").click();
  await heading(page, `Take ${DESK} from Dag Ruiz?`).waitFor();
  assert.match(await losses(page).innerText(), /1\s+loses access\s+Dag Ruiz/);
  const answer = page.waitForResponse((answer) => answer.request().method() === "GET" && answer.request().isNavigationRequest());
  await page.getByRole("button", { name: "Take the licence", exact: true }).click();
  assert.equal((await answer).status(), 200, `${page.url()}: ${await page.locator("main").innerText()}`);
  await page.getByRole("status").getByText("Taken: the seat is free.").waitFor();
});

test("one seat is bought as one seat", async () => {
  const page = await buy("Desk for one", "1");
  assert.equal(await page.locator(".review h1").innerText(), "Buy 1 seat of Service desk?");
});
