// A person › Roles and Access: changed after a review, and what the rules forbid is not there or says why.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { heading } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const section = (page, name) => page.getByRole("region", { name, exact: true });
const press = (within, name) => within.getByRole("button", { name, exact: true }).click();
const gains = (page) => page.getByRole("region", { name: /gains? access$/ });
const losses = (page) => page.getByRole("region", { name: /loses? access$/ });
/** What a review says of one person, and not of others. */
const of = (side, who) => side.getByRole("listitem").filter({ hasText: who }).innerText();
/** What is read after a hidden colon, whatever spaces stand around it. */
const takeAway = (within, what) => within.getByRole("button", { name: new RegExp(`^Take away ?: ${what}$`) });
const roleOf = (page) => page.getByRole("combobox", { name: "Account role", exact: true });
const saved = (page, words) => page.getByRole("status").getByText(words, { exact: true }).waitFor();

/** A page of whoever has this address; as a Super admin unless somebody else looks. */
async function person(email, tab = "", who = "Super admin") {
  const found = await house.api("POST", "/api/v1/people/search", { q: `${email}@meridian-it.example` });
  const page = await open(browser, house, who);
  await page.goto(`/people/${found.items[0].id}${tab}`);
  return page;
}

/** What a page answers to somebody. */
async function answers(who, path) {
  const page = await open(browser, house, who);
  return (await page.goto(path)).status();
}

test("AD-1: an account role is changed after its review, and Cancel changes nothing", async () => {
  const page = await person("femi.costa99", "/roles");
  const choose = async () => {
    await roleOf(page).selectOption("Licence clerk");
    await press(page, "Change the role…");
    await heading(page, "Give Femi Costa the account role Licence clerk for the whole account?");
  };
  await choose();
  assert.match(await of(gains(page), "Femi Costa"), /open the admin portal, see users, manage licences/);
  const loses = await of(losses(page), "Cleo Marsh");
  assert.match(loses, /manage users, manage user settings on Femi Costa/);
  assert.match(loses, /which Cleo Marsh could not give \(AD-24\)/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByText("Member · active").waitFor();

  await choose();
  await press(page, "Give the role");
  await saved(page, "Saved.");
  await page.reload();
  await page.getByText("Licence clerk · active").waitFor();
  assert.equal(await roleOf(page).locator("option:checked").innerText(), "Licence clerk");
});

test("AD-9: an extra grant opens its page to whoever gets it, and closes it when it is taken away", async () => {
  const page = await person("dalia.sato57", "/roles");
  const dalia = "dalia.sato57@meridian-it.example";
  const grants = section(page, "Extra grants");
  assert.equal(await answers(dalia, "/audit"), 403);
  await grants.getByLabel("Permission to give").selectOption("read the audit log");
  await press(grants, "Give…");
  await heading(page, "Let Dalia Sato read the audit log for the whole account?");
  assert.match(await of(gains(page), "Dalia Sato"), /open the admin portal, read the audit log/);
  await press(page, "Give");
  await heading(page, "Dalia Sato");
  await grants.getByText("read the audit log for the whole account").waitFor();
  assert.equal(await answers(dalia, "/audit"), 200);

  await takeAway(grants, "read the audit log").click();
  await heading(page, /\?$/);
  assert.match(await of(losses(page), "Dalia Sato"), /read the audit log/);
  await page.locator(".review footer button").click();
  await grants.getByText("None.").waitFor();
  assert.equal(await answers(dalia, "/audit"), 403);
});

test("AD-9: an extra grant that is not named again is dropped with the role", async () => {
  const page = await person("dag.fischer102", "/roles");
  const grants = section(page, "Extra grants");
  for (const name of ["read the audit log", "ask about access"]) {
    await grants.getByLabel("Permission to give").selectOption(name);
    await press(grants, "Give…");
    await press(page, "Give");
    await takeAway(grants, name).waitFor();
  }
  await roleOf(page).selectOption("Licence clerk");
  await page.getByRole("group", { name: "Extra grants that stay with the new role" }).getByLabel("ask about access").uncheck();
  await press(page, "Change the role…");
  assert.match(await of(gains(page), "Dag Fischer"), /manage licences/);
  await press(page, "Give the role");
  await saved(page, "Saved.");
  await takeAway(grants, "read the audit log").waitFor();
  assert.equal(await takeAway(grants, "ask about access").count(), 0);
});

test("SD-10: the access panel shows every path, and what would remain without it does remain", async () => {
  const page = await person("bo.achterberg6", "/access");
  const grant = (on) => page.getByRole("article").filter({ has: page.getByRole("heading", { level: 3, name: on, exact: true }) });
  const ways = async (on) => (await grant(on).getByRole("listitem").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
  const [direct, group, all] = ["directly: User access", "through group First line: User access", "would remain without it: all of it"];
  assert.deepEqual(await ways("E-mail"), [direct, all, group, all]);
  const folded = page.getByRole("article").filter({ hasText: "Data centre" });
  assert.equal(await folded.filter({ visible: true }).count(), 0);
  await page.getByText(/^and 1 more service/).click();
  assert.match(await folded.innerText(), /create records, manage records[\s\S]*through group Night shift/);
  await page.goto(page.url().replace("/access", "/products"));
  await takeAway(section(page, "Service desk"), "First line Member of the group").click();
  assert.match(await of(losses(page), "Bo Achterberg"), /on Printing/, "E-mail is held in another way");
  assert.ok(!(await of(losses(page), "Bo Achterberg")).includes("E-mail"));
  await page.locator(".review footer button").click();
  await saved(page, "Taken away.");
  await page.goto(page.url().replace("/products", "/access"));
  assert.deepEqual(await ways("E-mail"), [direct, "would remain without it: nothing"]);
  assert.equal(await grant("Printing").count(), 0);
});

test("AD-24: an Admin finds nothing to press at a Super admin, and everything at a Member", async () => {
  const buttons = [/^Deactivate/, /^Erase/, "Save the profile", "View as"];
  const offered = async (email) => {
    const page = await person(email, "", "Admin");
    return Promise.all(buttons.map((name) => page.getByRole("button", { name }).count()));
  };
  assert.deepEqual(await offered("adaeze.okafor"), [0, 0, 0, 0]);
  assert.deepEqual(await offered("elif.dahl35"), [1, 1, 1, 1]);
  const page = await person("adaeze.okafor", "/roles", "Admin");
  assert.match(await section(page, "Account role").innerText(), /Super admin/);
  assert.equal(await page.getByRole("button", { name: "Change the role…" }).count(), 0);
});

test("AD-6: an Admin is not offered the roles of administrators, nor to make a full account admin", async () => {
  const page = await person("elif.dahl35", "/roles", "Admin");
  const roles = await roleOf(page).locator("option").allInnerTexts();
  assert.ok(roles.includes("Member") && roles.includes("Team lead"));
  assert.ok(!roles.includes("Admin") && !roles.includes("Super admin"));
  const admin = section(page, "Account admin");
  await admin.getByRole("radio", { name: /^Limited:/ }).waitFor();
  assert.equal(await admin.getByRole("radio", { name: /^Full:/ }).count(), 0);
  assert.ok(await admin.getByRole("radio", { name: "No", exact: true }).isChecked());
});

test("one more thing on the access panel is counted as one", async () => {
  const page = await person("anah.dahl33", "/access");
  assert.equal(await page.getByText(/^and 1 more/).innerText(), "and 1 more service");
});
