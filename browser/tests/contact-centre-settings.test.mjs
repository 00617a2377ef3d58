// Contact Center › Pause reasons, Skills, Pre-recorded messages, Public pre-written messages; and who does not come to Permissions.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, row } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const ADMIN = "/contact-centre/admin";
const AT = "@meridian-it.example";
/** Supervises one queue, with access to the portal, which the demonstration has switched on. */
const SUPERVISOR = `anah.dahl33${AT}`;
/** Serves one queue. */
const AGENT = `viktor.dubois78${AT}`;

/** The lists: what one entry is called, its second field, the rule of who may change it, and an entry that the demonstration has. */
const LISTS = [
  { title: "Pause reasons", one: "pause reason", text: "Note", rule: "CC-10", has: "Lunch" },
  { title: "Skills", one: "skill", text: "Description", rule: "CC-10", has: "French" },
  { title: "Pre-recorded messages", one: "pre-recorded message", text: "Note", rule: "CC-12", has: "Greeting" },
  { title: "Public pre-written messages", one: "pre-written message", text: "Text", rule: "CC-12", has: "Welcome" },
];

const name = (page) => page.getByLabel("Name", { exact: true });
const said = (page, words) => page.getByRole("status").filter({ hasText: words }).waitFor();

/** One of the lists, by the link of the contact centre's pages that leads there. */
async function list(title, who = "Super admin") {
  const page = await open(browser, house, who);
  await page.goto("/contact-centre/queues");
  await page.getByRole("main").getByRole("link", { name: title, exact: true }).click();
  await heading(page, title);
  return page;
}

for (const { title, one, text, rule, has } of LISTS) {
  test(`${rule}: a ${one} is added, changed and removed`, async () => {
    const page = await list(title);
    await name(page).fill("Fire drill");
    await page.getByLabel(text, { exact: true }).fill("Leave by the nearest door.");
    await button(page, "Add").click();
    await said(page, "Added.");
    assert.match(await row(page, "Fire drill").innerText(), /Leave by the nearest door\./);

    await page.getByRole("link", { name: "Fire drill", exact: true }).click();
    await heading(page, "Fire drill");
    assert.equal(await page.getByLabel(text, { exact: true }).inputValue(), "Leave by the nearest door.");
    await name(page).fill("Fire alarm");
    await page.getByLabel(text, { exact: true }).fill("Leave at once.");
    await button(page, "Save").click();
    await said(page, "Saved.");
    assert.match(await row(page, "Fire alarm").innerText(), /Leave at once\./);
    assert.equal(await row(page, "Fire drill").count(), 0);

    await page.getByRole("link", { name: "Fire alarm", exact: true }).click();
    const path = page.url();
    await button(page, `Remove this ${one}`).click();
    await said(page, "Removed.");
    assert.equal(await row(page, "Fire alarm").count(), 0);
    assert.equal(await row(page, has).count(), 1, "and no other");
    assert.equal((await page.goto(path)).status(), 404);
  });

  test(`a second ${one} of a name is told so at the field, and what was typed stays`, async () => {
    const page = await list(title);
    const before = await page.getByRole("row").count();
    // A browser stops what is empty, and lets a space through.
    for (const [typed, wrong] of [
      [has.toUpperCase(), /of this name already/],
      [" ", /1 to 200 characters/],
    ]) {
      await name(page).fill(typed);
      await page.getByLabel(text, { exact: true }).fill("Typed with care.");
      await button(page, "Add").click();
      await page.getByRole("alert").filter({ hasText: "Not saved." }).waitFor();
      assert.equal(await name(page).getAttribute("aria-invalid"), "true");
      assert.match(await page.locator("#name-error").innerText(), wrong);
      assert.equal(await page.getByLabel(text, { exact: true }).inputValue(), "Typed with care.");
    }
    await page.goto(new URL(page.url()).pathname);
    assert.equal(await page.getByRole("row").count(), before);
  });
}

test("what somebody else changed meanwhile is shown before it is overwritten", async () => {
  const [slow, quick] = [await list("Pause reasons"), await list("Pause reasons")];
  for (const page of [slow, quick]) {
    await page.getByRole("link", { name: "Meeting", exact: true }).click();
    await heading(page, "Meeting");
  }
  await quick.getByLabel("Note", { exact: true }).fill("In the big room.");
  await button(quick, "Save").click();
  await said(quick, "Saved.");
  await slow.getByLabel("Note", { exact: true }).fill("In the small room.");
  await button(slow, "Save").click();
  await slow
    .getByRole("alert")
    .filter({ hasText: "Somebody else changed this meanwhile." })
    .filter({ hasText: "In the big room." })
    .waitFor();
  await quick.reload();
  assert.match(await row(quick, "Meeting").innerText(), /In the big room\./);
  await button(slow, "Save").click();
  await said(slow, "Saved.");
  assert.match(await row(slow, "Meeting").innerText(), /In the small room\./);
});

test("CC-10: an agent who is found is given a skill and loses it again; who serves no queue is not found", async () => {
  const page = await list("Skills");
  const count = async () => {
    await page.goto(`${ADMIN}/skills`);
    return (await row(page, "Network").innerText()).match(/(\d+) agents?/)[1];
  };
  const before = await count();
  await row(page, "Network")
    .getByRole("link", { name: /agents? with Network$/ })
    .click();
  await heading(page, "Who has Network");
  const find = async (who) => {
    await page.getByRole("searchbox", { name: "Find an agent by name or address" }).fill(who);
    await button(page, "Find").click();
  };
  await find("Oskar Demir");
  await page.getByText("No agent is found by “Oskar Demir”.").waitFor();
  await find("Viktor Dubois");
  await button(page, "Give the skill to Viktor Dubois").click();
  await said(page, "Skill given.");
  assert.match(await row(page, "Viktor Dubois").innerText(), /Agent/);
  assert.equal(await count(), `${Number(before) + 1}`);
  await row(page, "Network")
    .getByRole("link", { name: /agents? with Network$/ })
    .click();
  await button(page, "Take away from Viktor Dubois").click();
  await said(page, "Skill taken.");
  assert.equal(await row(page, "Viktor Dubois").count(), 0);
  assert.equal(await count(), before);
});

test("CC-10: a supervisor with access to the portal reads pause reasons, changes none, and is not let in to skills", async () => {
  const page = await list("Pause reasons", SUPERVISOR);
  assert.match(await row(page, "Training").innerText(), /Agreed with the supervisor before\./);
  assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
  assert.equal(await row(page, "Training").getByRole("link").count(), 0);
  assert.equal(await page.getByRole("main").getByRole("link", { name: "Skills", exact: true }).count(), 0);
  assert.equal((await page.goto(`${ADMIN}/skills`)).status(), 403);
  await page.getByText("Your rights do not reach that far.").waitFor();
});

test("CC-12: an agent reads every message and changes none", async () => {
  for (const [title, has] of [
    ["Pre-recorded messages", "Greeting"],
    ["Public pre-written messages", "Welcome"],
  ]) {
    const page = await list(title, AGENT);
    assert.equal(await row(page, has).count(), 1);
    assert.equal(await page.getByRole("main").getByRole("button").count(), 0);
    assert.equal(await row(page, has).getByRole("link").count(), 0);
  }
});

test("CC-2: who is no Contact admin, a supervisor with the portal or an Admin, is neither led to the permissions nor let in", async () => {
  for (const who of [SUPERVISOR, AGENT, "Admin"]) {
    const page = await open(browser, house, who);
    await page.goto("/contact-centre/queues");
    assert.equal(await page.getByRole("link", { name: "Permissions", exact: true }).count(), 0, who);
    assert.equal((await page.goto(`${ADMIN}/permissions`)).status(), 403, who);
    await page.getByText("Your rights do not reach that far.").waitFor();
    assert.equal(await page.getByRole("switch").count(), 0);
    await page.getByRole("link", { name: "See what you can do" }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.notEqual(await page.getByRole("heading", { level: 1 }).innerText(), "You may not do this");
  }
});
