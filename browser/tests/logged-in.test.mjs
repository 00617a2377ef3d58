// Contact Center › Who is logged in, and the page Logged in of a queue: agents log in and out, and supervisors do it for them.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, row, side } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const [QUEUES, LOGGED_IN] = ["/contact-centre/queues", "/contact-centre/logged-in"];
const AT = "@meridian-it.example";
/** Supervises the Night line alone; Ìyábọ̀ Adeyemi and Femi Iyer are its agents. */
const ANAHI = `anah.dahl33${AT}`;

/** The button of a row that does so to somebody. */
const act = (page, what, who) => page.getByRole("button", { name: new RegExp(`^${what}\\s?: ${who}$`) });
const says = (page, name, words) => row(page, name).filter({ hasText: words }).waitFor();

/** The page Logged in of a queue, found in the list. */
async function agents(name, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto(QUEUES);
  await page.getByRole("link", { name, exact: true }).click();
  const tab = page.getByRole("link", { name: "Logged in", exact: true });
  await tab.click();
  await tab.and(page.locator("[aria-current]")).waitFor();
  return page;
}

/** Finds people who may be logged in for a time. */
async function find(page, name) {
  await page.getByRole("searchbox", { name: "Find somebody to log in for a time" }).fill(name);
  await button(page, "Find").click();
}

/** Turns from everybody who is logged in to those who are not assigned. */
async function unassigned(page) {
  await page.goto(LOGGED_IN);
  await page.getByRole("navigation", { name: "Whom to show" }).getByRole("link", { name: "Not assigned" }).click();
  await page.getByRole("link", { name: "Not assigned", exact: true }).and(page.locator("[aria-current]")).waitFor();
}

test("CC-3: an agent logs in to the own queue, pauses, and logs out", async () => {
  const page = await agents("VIP line", `viktor.dubois78${AT}`);
  assert.equal(await row(page, "Dag Jensen").count(), 0, "an agent sees no other");
  await says(page, "Viktor Dubois", "Logged out");
  await act(page, "Log in", "Viktor Dubois").click();
  await says(page, "Viktor Dubois", "Logged in");
  await act(page, "Pause", "Viktor Dubois").click();
  await says(page, "Viktor Dubois", "Logged in, paused");
  const all = await open(browser, house, "Super admin");
  await all.goto(LOGGED_IN);
  assert.match(await row(all, "Viktor Dubois").innerText(), /VIP line\s+Logged in, paused/);
  await act(page, "End the pause", "Viktor Dubois").click();
  await act(page, "Log out", "Viktor Dubois").click();
  await says(page, "Viktor Dubois", "Logged out");
  await all.reload();
  assert.equal(await row(all, "Viktor Dubois").count(), 0);
});

test("CC-8, CC-11: a supervisor is shown who is logged in to the own queue, and logs them out", async () => {
  const page = await open(browser, house, ANAHI);
  await page.goto(LOGGED_IN);
  assert.deepEqual(await page.getByRole("rowheader").allTextContents(), ["Ìyábọ̀ Adeyemi"]);
  await page.getByRole("link", { name: "Change the login of Ìyábọ̀ Adeyemi" }).click();
  await heading(page, "Night line");
  await act(page, "Log out", "Ìyábọ̀ Adeyemi").click();
  await says(page, "Ìyábọ̀ Adeyemi", "Logged out");
  await page.goto(LOGGED_IN);
  await page.getByText("Nobody is logged in.").waitFor();
  const other = await agents("VIP line");
  assert.equal((await page.goto(other.url())).status(), 404);
});

test("CC-5: a supervisor logs somebody in for a time, which is no role, and ends it", async () => {
  const page = await agents("Night line", ANAHI);
  await find(page, "Femi Costa");
  const hours = page.getByLabel("For how long Femi Costa is logged in");
  assert.equal(await hours.inputValue(), "12", "by default");
  await hours.selectOption({ label: "2 hours" });
  await act(page, "Log in", "Femi Costa").click();
  await heading(page, "Log Femi Costa in to Night line?");
  assert.match(await main(page), /For 2 hours, or until somebody logs them out\. No assignment and no role comes with it\./);
  assert.match(await side(page, "gains").innerText(), /Femi Costa[^]*take queue calls on Night line, until/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Night line");
  assert.equal(await row(page, "Femi Costa").count(), 0);

  await find(page, "Femi Costa");
  await hours.selectOption({ label: "2 hours" });
  await act(page, "Log in", "Femi Costa").click();
  await button(page, "Log in").click();
  await says(page, "Femi Costa", "Logged in for a time, until");
  await unassigned(page);
  await says(page, "Femi Costa", "Night line");
  const people = await open(browser, house, "Super admin");
  await people.goto(QUEUES);
  await people.getByRole("link", { name: "Night line", exact: true }).click();
  await row(people, "Anahí Dahl").waitFor();
  assert.equal(await row(people, "Femi Costa").count(), 0, "no assignment");
  const theirs = await agents("Night line", `femi.costa99${AT}`);
  await says(theirs, "Femi Costa", "Logged in for a time, until");

  await page.getByRole("link", { name: "Change the login of Femi Costa" }).click();
  await act(page, "Log out", "Femi Costa").click();
  await heading(page, "Log Femi Costa out of Night line?");
  assert.match(await side(page, "losses").innerText(), /Femi Costa[^]*take queue calls on Night line/);
  await button(page, "Log out").click();
  await heading(page, "Night line");
  await row(page, "Femi Iyer").waitFor();
  assert.equal(await row(page, "Femi Costa").count(), 0);
  await theirs.goto(QUEUES);
  assert.equal(await theirs.getByRole("link", { name: "Night line", exact: true }).count(), 0);
});

test("CC-5: a supervisor finds not themselves for a login to a queue that they do not serve", async () => {
  const page = await agents("Night line", ANAHI);
  await find(page, "Anahí Dahl");
  await page.getByText("Nobody with a Contact Center licence is found by “Anahí Dahl”.").waitFor();
  await page.getByRole("link", { name: "Back to who is logged in" }).click();
  await row(page, "Femi Iyer").waitFor();
  assert.equal(await row(page, "Anahí Dahl").count(), 0);
});

test("CC-5: whoever has no licence is not found", async () => {
  const page = await agents("Night line", ANAHI);
  await find(page, "Oskar Demir");
  await page.getByText("Nobody with a Contact Center licence is found by “Oskar Demir”.").waitFor();
  await page.getByRole("link", { name: "Back to who is logged in" }).click();
  await row(page, "Femi Iyer").waitFor();
});

test("CC-4: a login ends with the assignment", async () => {
  const page = await agents("Sales line");
  await act(page, "Log in", "Uma Quispe").click();
  await says(page, "Uma Quispe", "Logged in");
  await page.getByRole("navigation", { name: "Sales line" }).getByRole("link", { name: "Agents and supervisors" }).click();
  await row(page, "Uma Quispe").getByRole("radio", { name: "No role", exact: true }).check();
  await page.getByRole("button", { name: "Review changes…" }).click();
  assert.match(await side(page, "losses").innerText(), /Uma Quispe[^]*take queue calls/);
  await page.locator(".review footer button.primary").click();
  await heading(page, "Sales line");
  await page.goto(LOGGED_IN);
  await row(page, "Dalia Marsh").waitFor();
  assert.equal(await row(page, "Uma Quispe").count(), 0);
});

test("CC-11: an agent is neither led to who is logged in nor let in", async () => {
  const page = await open(browser, house, `wanda.farouk54${AT}`);
  await page.goto(QUEUES);
  await row(page, "Inbox").waitFor();
  assert.equal(await page.getByRole("link", { name: "Who is logged in" }).count(), 0);
  assert.equal((await page.goto(LOGGED_IN)).status(), 403);
  await page.getByText("Your rights do not reach that far.").waitFor();
});
