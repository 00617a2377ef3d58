// Contact Center › Queues: who serves and who supervises one, and how it is set up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, refused, row, side, tab, turn } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const QUEUES = "/contact-centre/queues";
/** Supervises the Night line, and nothing else that counts. */
const ANAHI = "anah.dahl33@meridian-it.example";
/** A Contact admin. */
const SANNA = "sanna.wyszyski14@meridian-it.example";

const save = (page) => page.locator(".review footer button.primary").click();
const role = (page, who, name) => row(page, who).getByRole("radio", { name, exact: true });
const roles = (page, who) => row(page, who).locator("label").allInnerTexts();
/** What is stored for somebody, and what the draft makes of it. */
const has = (page, who) => row(page, who).getByRole("cell").last().innerText();
const review = (page) => button(page, "Review changes…").click();
const saved = (page, changes) => page.getByRole("status").getByText(`Saved. ${changes}.`).waitFor();

/** The page of a queue, found in the list. */
async function queue(name, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto(QUEUES);
  await page.getByRole("link", { name, exact: true }).click();
  await heading(page, name);
  return page;
}

/** Finds one user who may be assigned. */
async function find(page, name) {
  await page.getByLabel("Find a user by name or address, to assign them").fill(name);
  await button(page, "Find").click();
  await page.getByRole("table", { name: "Users found" }).waitFor();
  await row(page, name).waitFor();
}

const all = (page) => button(page, "Back to the people of the queue").click();

/** Goes without the draft, which the next test would find. */
async function discard(page) {
  await button(page, "Discard draft").click();
  await page.getByText("No changes", { exact: true }).waitFor();
}

/** The licence of the contact centre: its id, and how many seats are in use. */
async function licence() {
  const { items } = await house.api("GET", "/api/v1/licences");
  return items.find((one) => one.product === "contact_centre");
}

test("CC-1, CC-13: people found one after the other are given their roles in one review, and their licences with them", async () => {
  const before = (await licence()).in_use;
  const page = await queue("VIP line");
  await find(page, "Oskar Demir");
  assert.equal(await has(page, "Oskar Demir"), "No role");
  await role(page, "Oskar Demir", "Agent").check();
  await find(page, "Priya Müller-Lüdenscheidt");
  await role(page, "Priya Müller-Lüdenscheidt", "Supervisor").check();
  await all(page);
  await page.getByRole("table", { name: "Agents and supervisors" }).waitFor();
  assert.equal(await page.getByRole("table", { name: "Chosen, not saved" }).getByRole("rowheader").count(), 2);
  assert.ok(await role(page, "Oskar Demir", "Agent").isChecked());
  assert.ok(await role(page, "Priya Müller-Lüdenscheidt", "Supervisor").isChecked());
  await review(page);
  await heading(page, "Save 2 changes to VIP line?");
  const gains = await side(page, "gains").innerText();
  assert.match(gains, /Oskar Demir[^]*No role →[^]*Agent[^]*take queue calls, log in to the queue on VIP line/);
  assert.match(gains, /Priya Müller-Lüdenscheidt[^]*No role →[^]*Supervisor[^]*monitor agents/);
  assert.match(await main(page), /2 Contact Center licences are given with them, of \d+ left\./);
  // Supervisors are told of to the other Super admins.
  assert.match(await main(page), /Mariko Sato is told by mail\./);
  await save(page);
  await saved(page, "2 changes");
  await page.reload();
  assert.equal(await has(page, "Oskar Demir"), "Agent");
  assert.equal(await has(page, "Priya Müller-Lüdenscheidt"), "Supervisor");
  assert.equal((await licence()).in_use, before + 2);
  await page.goto(QUEUES);
  assert.match(await row(page, "VIP line").innerText(), /call queue\s+3\s+2\s+0/);
});

test("CC-13: whoever is taken from the last queue loses the licence with it", async () => {
  const before = (await licence()).in_use;
  const page = await queue("Sales line");
  await role(page, "Uma Quispe", "No role").check();
  await review(page);
  await heading(page, "Save 1 change to Sales line?");
  assert.match(await side(page, "losses").innerText(), /Uma Quispe[^]*Agent →[^]*No role[^]*take queue calls/);
  assert.match(await main(page), /With the last queue the Contact Center licence goes too/);
  await save(page);
  await saved(page, "1 change");
  assert.equal(await row(page, "Uma Quispe").count(), 0);
  assert.equal((await licence()).in_use, before - 1);
});

test("CC-1: whose only supervisor is taken away is said before, and Cancel keeps what was chosen for oneself alone", async () => {
  const page = await queue("Night line");
  await role(page, "Anahí Dahl", "No role").check();
  await review(page);
  await page.getByText("Night line would have no supervisor.").waitFor();
  assert.match(await side(page, "losses").innerText(), /Anahí Dahl[^]*Supervisor →[^]*No role/);
  await page.getByText("Cancel keeps what you chose as your draft.").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Night line");
  await page.reload();
  assert.ok(await role(page, "Anahí Dahl", "No role").isChecked());
  assert.match(await has(page, "Anahí Dahl"), /^Supervisor\s+stored\s+Supervisor →\s+after saving\s+No role$/);
  const other = await queue("Night line", SANNA);
  assert.ok(await role(other, "Anahí Dahl", "Supervisor").isChecked());
  await discard(page);
  assert.ok(await role(page, "Anahí Dahl", "Supervisor").isChecked());
  assert.equal(await has(page, "Anahí Dahl"), "Supervisor");
});

test("what is chosen is kept when one leaves by a link", async () => {
  const page = await queue("Night line");
  await role(page, "Femi Iyer", "Both").check();
  await turn(page, "Settings");
  await turn(page, "Agents and supervisors");
  assert.ok(await role(page, "Femi Iyer", "Both").isChecked());
  await discard(page);
});

test("what is chosen is kept however late the script comes", async () => {
  const page = await queue("Night line");
  await page.route("**/assets/draft-*", async (route) => {
    await delay(1_000);
    await route.continue();
  });
  await page.reload({ waitUntil: "commit" });
  await role(page, "Femi Iyer", "Both").check();
  await turn(page, "Settings");
  await turn(page, "Agents and supervisors");
  assert.ok(await role(page, "Femi Iyer", "Both").isChecked());
  await discard(page);
});

test("what is chosen is kept when one clicks a link twice", async () => {
  const page = await queue("Night line");
  await role(page, "Femi Iyer", "Both").check();
  await tab(page, "Settings").dblclick();
  await tab(page, "Settings").and(page.locator("[aria-current]")).waitFor();
  await turn(page, "Agents and supervisors");
  assert.ok(await role(page, "Femi Iyer", "Both").isChecked());
  await discard(page);
});

test("CC-1: what somebody else changed since it was chosen is said in the review", async () => {
  const page = await queue("VIP line");
  await role(page, "Viktor Dubois", "No role").check();
  const other = await queue("VIP line", SANNA);
  await role(other, "Viktor Dubois", "Both").check();
  await review(other);
  await save(other);
  await saved(other, "1 change");
  await review(page);
  await page.getByText("Somebody else changed Viktor Dubois since you chose: it was Agent, and is Agent and supervisor now.").waitFor();
  await page.getByRole("link", { name: "Cancel" }).click();
  await discard(page);
  assert.equal(await has(page, "Viktor Dubois"), "Agent and supervisor");
});

test("CC-1: the keyboard is enough to find somebody, choose, review and save", async () => {
  const page = await queue("Sales line");
  const reach = async (what) => {
    const is = () => what.evaluate((one) => one === document.activeElement);
    for (let times = 0; times < 100 && !(await is()); times++) await page.keyboard.press("Tab");
    assert.ok(await is(), "Tab leads there");
  };
  await page.getByRole("main").getByRole("searchbox").focus();
  await page.keyboard.type("Dag Ruiz");
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "Users found" }).waitFor();
  await reach(role(page, "Dag Ruiz", "No role"));
  await page.keyboard.press("ArrowRight");
  assert.ok(await role(page, "Dag Ruiz", "Agent").isChecked(), "the arrow chose the role beside it");
  await page.getByText("1 change", { exact: true }).waitFor();
  await reach(button(page, "Review changes…"));
  await page.keyboard.press("Enter");
  await heading(page, "Save 1 change to Sales line?");
  await reach(button(page, "Save 1 change"));
  await page.keyboard.press("Enter");
  await saved(page, "1 change");
  assert.equal(await has(page, "Dag Ruiz"), "Agent");
});

test("CC-1: a ring group has agents only", async () => {
  const page = await queue("Front desk");
  await find(page, "Oskar Demir");
  assert.deepEqual(await roles(page, "Oskar Demir"), ["No role", "Agent"]);
  const call = await queue("Night line");
  await find(call, "Oskar Demir");
  assert.deepEqual(await roles(call, "Oskar Demir"), ["No role", "Agent", "Supervisor", "Both"]);
});

test("nobody is found by a name that nobody has, and it leads back", async () => {
  const page = await queue("VIP line");
  await page.getByLabel("Find a user by name or address, to assign them").fill("Zzyzx");
  await button(page, "Find").click();
  await page.getByText("No user is found by “Zzyzx”.").waitFor();
  await all(page);
  await row(page, "Viktor Dubois").waitFor();
});

test("AD-25: a queue is made, named anew, archived, restored and deleted, each after a look at who is concerned", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(QUEUES);
  await page.getByLabel("Name", { exact: true }).fill("Returns");
  await page.getByLabel("Kind", { exact: true }).selectOption({ label: "Inbox queue" });
  await button(page, "Make the queue").click();
  await heading(page, "Make the inbox queue Returns?");
  assert.match(await side(page, "gains").innerText(), /Sanna Wyszyński[^]*Because “contact admin” gives it/);
  await save(page);
  await heading(page, "Returns");
  await page.getByText("Nobody is assigned to this queue.").waitFor();
  await find(page, "Noor Holm");
  await role(page, "Noor Holm", "Agent").check();
  await review(page);
  await save(page);
  await saved(page, "1 change");

  await turn(page, "Settings");
  await page.getByLabel("Name of the queue").fill("Returns desk");
  await button(page, "Rename").click();
  await heading(page, "Returns desk");
  const path = page.url();
  await button(page, "Archive…").click();
  await heading(page, "Archive Returns desk?");
  assert.match(await side(page, "losses").innerText(), /Noor Holm[^]*it is archived/);
  await button(page, "Archive").click();
  await button(page, "Restore…").click();
  assert.match(await side(page, "gains").innerText(), /Noor Holm/);
  await button(page, "Restore").click();
  await button(page, "Archive…").waitFor();
  await button(page, "Delete…").click();
  await heading(page, "Delete Returns desk?");
  assert.match(await side(page, "losses").innerText(), /Noor Holm[^]*it is not there any more/);
  await button(page, "Delete").click();
  await heading(page, "Queues");
  assert.equal(await row(page, "Returns desk").count(), 0);
  assert.equal((await page.goto(path)).status(), 404);
});

test("a queue without a name is told so at the field, and is not made", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(QUEUES);
  const before = await page.getByRole("row").count();
  // A browser stops what is empty, and lets a space through.
  await page.getByLabel("Name", { exact: true }).fill(" ");
  await button(page, "Make the queue").click();
  await page.getByText("1 to 200 characters on one line").first().waitFor();
  assert.equal(await page.getByLabel("Name", { exact: true }).count(), 1, "the form is still there");
  assert.equal(await page.getByLabel("Name", { exact: true }).getAttribute("aria-invalid"), "true");
  await page.goto(QUEUES);
  assert.equal(await page.getByRole("row").count(), before);
});

test("CC-8, CC-9: a supervisor looks at the settings of the own queue, changes none, assigns nobody, and finds no other", async () => {
  const other = await queue("VIP line");
  const page = await queue("Night line", ANAHI);
  await row(page, "Femi Iyer").waitFor();
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  await turn(page, "Settings");
  assert.match(await main(page), /It is a call queue\./);
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  assert.equal((await page.goto(other.url())).status(), 404);
  await page.goto(QUEUES);
  assert.equal(await row(page, "VIP line").count(), 0);
  assert.equal(await button(page, "Make the queue").count(), 0);
});

test("an inbox queue is called so in right English", async () => {
  const page = await queue("Inbox");
  await turn(page, "Settings");
  assert.match(await main(page), /It is an inbox queue\./);
});

// The last one, for it leaves one seat for everybody.
test("AD-14: without a seat for each nobody is assigned, and what was chosen is kept", async () => {
  const centre = await licence();
  await house.api("PUT", `/api/v1/licences/${centre.id}/size`, { seats: centre.in_use + 1 });
  const page = await queue("Night line");
  for (const who of ["Emil Popescu", "Aoife Iyer"]) {
    await find(page, who);
    await role(page, who, "Agent").check();
  }
  await review(page);
  assert.match(await refused(page).innerText(), /2 people would need a licence, and 1 seat is left[^]*Rule AD-14/);
  assert.equal(await page.locator(".review footer button").count(), 0, "there is nothing to save");
  await page.getByText("Back keeps what you chose as your draft.").waitFor();
  await page.getByRole("main").getByRole("link", { name: "Back", exact: true }).click();
  await heading(page, "Night line");
  for (const who of ["Emil Popescu", "Aoife Iyer"]) {
    assert.ok(await role(page, who, "Agent").isChecked());
    assert.match(await has(page, who), /^No role/);
  }
  assert.equal((await licence()).in_use, centre.in_use);
  // One less, and there is a seat.
  await role(page, "Aoife Iyer", "No role").check();
  await review(page);
  await page.getByText("1 Contact Center licence is given with it, of 1 left.").waitFor();
  await save(page);
  await saved(page, "1 change");
  await page.goto(page.url().split("?")[0]);
  assert.equal(await has(page, "Emil Popescu"), "Agent");
  assert.equal(await row(page, "Aoife Iyer").count(), 0);
});
