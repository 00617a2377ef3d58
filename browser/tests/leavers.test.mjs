// Who leaves: deactivated and brought back, suspended, handed over, and erased for ever.
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
/** What a review says of one person: the first line that begins with the name. */
const of = (side, who) =>
  side
    .getByRole("listitem")
    .filter({ hasText: new RegExp(`^\\s*${who}`) })
    .first()
    .innerText();
const locked = (page) => page.getByRole("region", { name: /locked out$/ }).innerText();

/** A page of whoever has this address; as a Super admin unless somebody else looks. */
async function person(email, tab = "", who = "Super admin") {
  const found = await house.api("POST", "/api/v1/people/search", { q: email });
  const page = await open(browser, house, who);
  await page.goto(`/people/${found.items[0].id}${tab}`);
  return page;
}
const staff = (name) => `${name}@meridian-it.example`;

test("AD-15, AD-24: whoever is deactivated is signed out and says so, and comes back with what they held", async () => {
  const elif = await open(browser, house, staff("elif.dahl35"));
  await elif.goto("/account");
  const page = await person(staff("elif.dahl35"));
  const user = section(page, "User");
  await user.getByText("Can sign in.").waitFor();
  await press(user, "Deactivate…");
  await heading(page, "Deactivate Elif Dahl?");
  assert.match(await page.locator(".review").innerText(), /What they hold stays theirs/);
  assert.match(await of(losses(page), "Elif Dahl"), /records on Network[\s\S]*Because they are not active any more/);
  assert.match(await locked(page), /^1\s+locked out\s+Elif Dahl/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await user.getByText("Can sign in.").waitFor();
  assert.equal((await elif.goto("/account")).url(), `${house.url}/account`, "Cancel changes nothing");

  await press(user, "Deactivate…");
  await press(page, "Deactivate");
  await user.getByText("Deactivated", { exact: true }).waitFor();
  assert.match(await user.innerText(), /Switched off by hand or by provisioning/);
  assert.equal(await user.getByRole("button", { name: "Deactivate…" }).count(), 0);
  await elif.goto("/account");
  assert.equal(new URL(elif.url()).pathname, "/sign-in");

  await press(user, "Reactivate…");
  await heading(page, "Reactivate Elif Dahl?");
  assert.match(await of(gains(page), "Elif Dahl"), /records on Network/);
  await press(page, "Reactivate");
  await user.getByText("Can sign in.").waitFor();
});

test("AD-15: whoever loses the last licence is suspended, with the reason, until one is given again", async () => {
  const page = await person(staff("bo.achterberg6"), "/roles");
  // A Team lead has a right of administration, which would keep him active.
  await page.getByRole("combobox", { name: "Account role" }).selectOption("Member");
  await press(page, "Change the role…");
  await press(page, "Give the role");
  await page.getByText("Member · active").waitFor();
  const tabs = page.getByRole("navigation", { name: "Bo Achterberg" });
  await tabs.getByRole("link", { name: "Products" }).click();
  const licences = section(page, "Licences");
  await licences.getByRole("button", { name: /Service desk licence$/ }).click();
  await heading(page, /\?$/);
  assert.match(await of(losses(page), "Bo Achterberg"), /on Payroll[\s\S]*Because no Service desk licence is held/);
  assert.match(await locked(page), /^1\s+locked out\s+Bo Achterberg/);
  await page.locator(".review footer button").click();
  await page.getByText("Member · suspended").waitFor();
  await tabs.getByRole("link", { name: "Profile" }).click();
  const user = section(page, "User");
  assert.match(await user.innerText(), /Suspended Holds no licence, no administrative permission .* Give one to end it/);

  await tabs.getByRole("link", { name: "Products" }).click();
  await licences.getByLabel("Licence to give").selectOption("Service desk licence");
  await press(licences, "Give…");
  await heading(page, /\?$/);
  assert.match(await of(gains(page), "Bo Achterberg"), /create records, manage records/);
  await page.locator(".review footer button").click();
  await page.getByText("Member · active").waitFor();
});

test("AD-8: the last Super admin cannot be deactivated", async () => {
  const page = await person(staff("mariko.sato2"));
  await press(section(page, "User"), "Deactivate…");
  await press(page, "Deactivate");
  await section(page, "User").getByText("Deactivated", { exact: true }).waitFor();
  await page.goto((await person(house.address("Super admin"))).url());
  await press(section(page, "User"), "Deactivate…");
  const told = page.getByRole("alert");
  assert.match(await told.innerText(), /This cannot be saved[\s\S]*Rule AD-8/);
  assert.equal(await page.getByRole("button", { name: "Deactivate", exact: true }).count(), 0);
});

test("AD-7: somebody is given what somebody else holds, but for what is taken out", async () => {
  const page = await person(staff("dag.jensen93"));
  await page.getByRole("link", { name: "Give the same as somebody…" }).click();
  await heading(page, "Give the same as somebody");
  await page.getByLabel("The same as whom").fill("Cleo Mar");
  await page.getByRole("option").filter({ hasText: "Cleo Marsh" }).click();
  await press(page, "Show");
  assert.ok(await page.getByRole("checkbox", { name: /^Team lead/ }).isChecked());
  assert.match(await page.getByRole("listitem").filter({ hasText: "Former night shift" }).innerText(), /Cannot be given: .* Rule AD-25/);
  for (const left of [/^Team lead/, /^First line/, /^right to configure/]) await page.getByRole("checkbox", { name: left }).uncheck();
  await press(page, "Review what is given…");
  await heading(page, "Give Dag Jensen 4 things that Cleo Marsh holds?");
  const gained = await of(gains(page), "Dag Jensen");
  assert.match(gained, /create records, manage records[\s\S]* on E-mail/);
  assert.ok(!gained.includes("manage users"), "the role was taken out");
  await press(page, "Give them");
  await page.getByText("Member · active").waitFor();
  await page.getByRole("navigation", { name: "Dag Jensen" }).getByRole("link", { name: "Products" }).click();
  const desk = section(page, "Service desk");
  for (const held of ["E-mail", "Network", "Duty managers"]) await desk.getByRole("link", { name: held, exact: true }).waitFor();
  assert.equal(await desk.getByRole("link", { name: "First line", exact: true }).count(), 0);
});

test("AD-6: what an Admin may not give says why, and cannot be ticked", async () => {
  const page = await person(staff("dag.fischer102"), "/like", "Admin");
  await page.getByLabel("The same as whom").fill("Greta Hol");
  await page.getByRole("option").filter({ hasText: "Greta Holm" }).click();
  await press(page, "Show");
  const line = page.getByRole("main").getByRole("listitem").filter({ hasText: "Account role" });
  assert.match(await line.innerText(), /Not for you to give: Only a Super admin may do this\. Rule AD-6/);
  assert.equal(await page.getByRole("main").getByRole("checkbox").count(), 0);
  await page.getByText("None of it is yours to give.").waitFor();
});

test("what somebody leaves is handed over in one step, after its review", async () => {
  const page = await person(staff("elif.novak83"));
  const show = async () => {
    await page.getByRole("link", { name: "Hand over…" }).click();
    await heading(page, "Hand over");
    await page.getByLabel("To whom").fill("Elif Had");
    await page.getByRole("option").filter({ hasText: "Elif Haddad" }).click();
    await press(page, "Show");
    await page.getByRole("checkbox", { name: /^Web shop User/ }).waitFor();
  };
  await show();
  assert.ok(await page.getByRole("checkbox", { name: /Service desk licence .* Elif Haddad has it already/ }).isChecked());
  await press(page, "Review the hand-over…");
  await heading(page, "Hand 6 things over from Elif Novak to Elif Haddad?");
  assert.match(await of(gains(page), "Elif Haddad"), /create records, manage records on Web shop/);
  assert.match(await of(losses(page), "Elif Novak"), /the user is suspended/);
  assert.match(await locked(page), /^1\s+locked out\s+Elif Novak/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.goto((await person(staff("elif.novak83"))).url());
  await page.getByText("Member · active").waitFor();

  await show();
  await press(page, "Review the hand-over…");
  await press(page, "Hand them over");
  await page.getByText("Member · suspended").waitFor();
  const haddad = await person(staff("elif.haddad61"), "/products");
  await section(haddad, "Service desk").getByRole("link", { name: "Web shop", exact: true }).waitFor();
});

test("SD-26: an erasure says first what will be blank, and then nobody is found", async () => {
  const email = "ana.rossi801@aldermoor-law.example";
  const page = await person(email);
  const path = page.url();
  await press(section(page, "Erase"), "Erase…");
  await heading(page, "Erase Ana Rossi?");
  const review = await page.locator(".review").innerText();
  assert.match(review, /This cannot be undone\. Blanked everywhere: the name, the e-mail address/);
  assert.match(review, /Sessions and tokens of Ana Rossi ended\./);
  assert.match(await of(losses(page), "Ana Rossi"), /log incidents[\s\S]* on E-mail/);
  await page.getByRole("link", { name: "Cancel" }).click();
  await heading(page, "Ana Rossi");

  await press(section(page, "Erase"), "Erase…");
  await press(page, "Erase for ever");
  await page.getByRole("status").getByText("Erased: the name, the address and everything personal are gone.").waitFor();
  assert.equal((await page.goto(path)).status(), 404);
  const found = await house.api("POST", "/api/v1/people/search", { q: email });
  assert.deepEqual(found.items, []);
  await page.goto("/audit");
  const row = page.locator("table.list tbody tr").filter({ hasText: "Erased a person" }).first();
  assert.match(await row.innerText(), /an erased person/);
  assert.ok(!(await page.getByRole("main").innerText()).includes("Ana Rossi"));
});
