// What the groups of a sign-in provider give (AD-30): named, mapped, looked at before it is saved, and seen where it came from.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { button, heading, main, pick, side, tab, turn } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const said = (page, words) => page.getByRole("status").getByText(words).waitFor();

/** Makes a sign-in provider that may give what can be mapped, by the pages. */
async function connect(page, name) {
  await page.goto("/configure/connections/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("radio", { name: /^Sign-in provider/ }).check();
  await page.getByLabel("Name of a role").fill("Admin");
  await page.getByRole("option").filter({ hasText: /^Admin/ }).click();
  await button(page, "Review…").click();
  await button(page, "Make the connection").click();
  await heading(page, name);
  await page.getByRole("checkbox", { name: /^Configure the service desk/ }).check();
  await page.getByRole("checkbox", { name: /^Contact admin/ }).check();
  await page.getByRole("region", { name: "In products" }).getByRole("button", { name: "Save…" }).click();
  await heading(page, `Save what ${name} may do in products?`);
  await button(page, "Save").click();
  await said(page, "Saved.");
}

/** Names a group of its provider, and leads to its mappings. */
async function group(page, name) {
  await turn(page, /^Groups \d/);
  await page.getByLabel("Name of the group").fill(name);
  await button(page, "Name the group").click();
  await said(page, "The group is there.");
}

/** Adds a mapping to the draft. */
async function add(page, group, gives, on) {
  await page.getByLabel("Whoever is in the group").selectOption({ label: group });
  await page.getByLabel("gets", { exact: true }).selectOption({ label: gives });
  if (on) await pick(page, "Service or queue", on);
  await button(page, "Add").click();
  await said(page, "Added, and not saved yet.");
}

/** A token of the connection, made on its page and shown this once. */
async function token(page) {
  await turn(page, /^Connection$/);
  await page.getByRole("link", { name: "New token" }).click();
  await page.getByLabel("What it is for").fill("Key of the provider");
  await button(page, "Make the token").click();
  const secret = await page.getByLabel("Token", { exact: true }).inputValue();
  await page.getByRole("link", { name: "I have copied it" }).click();
  return secret;
}

/** What the provider says of a group. */
async function tell(secret, group, change) {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const body = JSON.stringify(change);
  const answer = await fetch(`${house.url}/api/v1/provider-groups/${group}/members`, { method: "POST", headers, body });
  assert.equal(answer.status, 200, await answer.text());
}

test("AD-30: a group is named, mapped, reviewed and saved; whoever comes into it has what it gives, and is told from where", async () => {
  const { items: [{ id }] } = await house.api("POST", "/api/v1/people/search", { q: "elif.novak83@" });
  const page = await open(browser, house, "Super admin");
  await connect(page, "Company sign-in");
  await group(page, "Payroll team");
  await add(page, "Payroll team", "User of a service", "Payroll");
  await add(page, "Payroll team", "Agent of a queue", "Helpline");
  await add(page, "Payroll team", "Licence clerk");
  const before = await house.api("GET", `/api/v1/people/${id}/mapped`);
  assert.deepEqual([before.held, before.unmet], [[], []]);

  await button(page, "Review changes…").click();
  await heading(page, "Save the mappings of Company sign-in?");
  const review = await page.locator(".review").innerText();
  assert.match(review, /3\s+saved\s+Payroll team: .*User access to Payroll/s);
  assert.match(review, /0\s+gain access\s+Nobody gains anything\./);
  await page.getByRole("link", { name: "Cancel" }).click();
  assert.match(await main(page), /Not saved yet\./, "the draft stays");
  await button(page, "Review changes…").click();
  await button(page, "Save the mappings").click();
  await said(page, "Saved.");
  assert.equal(await page.locator(".savebar").count(), 0);

  const provider = await house.api("GET", `/api/v1/connections/${page.url().match(/con_[\da-f]+/)[0]}/provider-groups`);
  const secret = await token(page);
  await tell(secret, provider.items[0].id, { add: [id] });
  await page.goto(`/people/${id}/products`);
  const panel = page.getByRole("region", { name: "From providers" });
  const held = panel.getByRole("row").filter({ hasText: "User access to Payroll" });
  assert.match(await held.innerText(), /group Payroll team/);
  assert.match(await panel.innerText(), /Wanted, and not given\s+Agent of Helpline for group Payroll team of Company sign-in/);
  await panel.getByText("Why?").click();
  await panel.getByText("needs a licence").waitFor();
  await page.goto(`/people/${id}/roles`);
  await page.getByText("It came by the provider’s group Payroll team.").waitFor();

  // Now somebody gains and loses by a change of the list, and it is said before.
  await page.goto("/configure/connections");
  await page.getByRole("link", { name: "Company sign-in" }).click();
  await turn(page, /^Mappings \d/);
  await page.getByRole("button", { name: /^Remove.*Licence clerk/ }).click();
  await said(page, "Taken out, and not saved yet.");
  await button(page, "Review changes…").click();
  await heading(page, "Save the mappings of Company sign-in?");
  assert.match(await side(page, "losses").innerText(), /1\s+loses access\s+.*Elif Novak.*manage licences/s);
  await button(page, "Save the mappings").click();
  await said(page, "Saved.");

  // Whoever leaves the group keeps nothing of it.
  await tell(secret, provider.items[0].id, { take: [id] });
  const after = await house.api("GET", `/api/v1/people/${id}/mapped`);
  assert.deepEqual([after.held, after.unmet], [[], []]);
  await page.goto(`/people/${id}/products`);
  assert.equal(await page.getByRole("region", { name: "From providers" }).count(), 0);
});

test("AD-30: account roles are put in order by the keyboard alone, and the focus goes along", async () => {
  const page = await open(browser, house, "Super admin");
  await connect(page, "Order of roles");
  for (const name of ["First group", "Second group", "Third group"]) await group(page, name);
  await tab(page, /^Mappings \d/).click();
  for (const name of ["First group", "Second group", "Third group"]) await add(page, name, "Licence clerk");
  const order = async () => (await page.locator("[aria-labelledby='s-roles'] tbody th").allInnerTexts()).map((text) => text.split("\n")[0]);
  await page.getByRole("button", { name: /^Up.*Third group/ }).focus();
  await page.keyboard.press("Enter");
  await said(page, "Moved, and not saved yet.");
  assert.deepEqual(await order(), ["First group", "Third group", "Second group"]);
  const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.innerText ?? document.activeElement.outerHTML);
  assert.match(await focused(), /Third group/, "the row has the focus");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Up: .*Third group/);
  await page.keyboard.press("Enter");
  await said(page, "Moved, and not saved yet.");
  assert.deepEqual(await order(), ["Third group", "First group", "Second group"]);
  await button(page, "Discard draft").click();
  await said(page, "Discarded");
  await page.getByText("No group gives an account role.").waitFor();
});

test("AD-30: whoever edits a list that somebody else saved meanwhile is told so before anything is saved", async () => {
  const page = await open(browser, house, "Super admin");
  await connect(page, "Two at once");
  await group(page, "Night shift of both");
  await add(page, "Night shift of both", "User of a service", "Payroll");
  const connection = page.url().match(/con_[\da-f]+/)[0];
  const at = `/api/v1/connections/${connection}`;
  const [only] = (await house.api("GET", `${at}/provider-groups`)).items;
  const services = (await house.api("GET", "/api/v1/services?page_size=200")).items;
  const other = services.find((one) => one.name !== "Payroll");
  const theirs = { provider_group: only.id, kind: "service", id: other.id, level: "user" };
  await house.api("PUT", `${at}/mappings`, { mappings: [theirs] });
  await button(page, "Review changes…").click();
  await page.getByRole("alert").getByText("This cannot be saved.").waitFor();
  assert.match(await main(page), /changed meanwhile/);
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByRole("alert").getByText("Somebody else saved these mappings since you began.").waitFor();
  assert.match(await page.getByRole("region", { name: "Taken out" }).innerText(), new RegExp(other.name));
  assert.deepEqual((await house.api("GET", `${at}/mappings`)).mappings, [theirs]);
});
