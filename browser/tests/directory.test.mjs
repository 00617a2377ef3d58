// A directory is connected, and somebody comes, works, and goes: from the first connection to the last second, in the order in which an operator
// does it. What has a page is done by the page; what a directory sends over SCIM is what Entra ID documents that it sends.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { audit, listen } from "../lib/audit.mjs";
import { open } from "../lib/chromium.mjs";
import { reached } from "../lib/house.mjs";
import { button, heading, main, pick, turn } from "../lib/parts.mjs";
import { Provider } from "../lib/provider.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter(reached);

const DOMAIN = "northwind.example";
/** The directory's id, which Entra ID has in its issuer. */
const DIRECTORY = "6b1f8a52-7c3d-4e0f-9a81-2d3c4b5a6978";
const SECRET = "a-secret-of-the-provider";
const [AUDIT, CREATE, DELETE] = ["admin.audit.view", "service_desk.record.create", "service_desk.record.delete"];
/** Within this everything that somebody had has ended, counted from before the directory asks. It takes a quarter of it; there is no tolerance. */
const BOUND_MS = 1_000;
/** Between two looks at whether something has ended. */
const LOOK_MS = 20;

/** Somebody as the provider knows them: by an object id, with an address of which it does not say that it is verified. */
const lund = (given, oid) => ({
  sub: `of-rolecall-alone-${given}`, oid, tid: DIRECTORY, email: `${given.toLowerCase()}.lund@${DOMAIN}`, name: `${given} Lund`,
});
const people = {
  ada: lund("Ada", "a1c7e0d2-1b3f-4c55-8a11-2f6d7e8f9001"),
  bob: lund("Bob", "a1c7e0d2-1b3f-4c55-8a11-2f6d7e8f9002"),
};
const client = { id: "rolecall", secret: SECRET, goodbye: `${house.named}/sign-in` };
const provider = await Provider.start({ path: `/${DIRECTORY}/v2.0`, people, clients: [client] });
after(() => provider.stop());

/** What one step leaves for the next: ids of ours, secrets, and the browsers in which people are signed in. */
const [ids, tokens, at] = [{}, {}, {}];

const said = (page, words) => page.getByRole("status").getByText(words).waitFor();
const option = (page, name) => page.getByRole("option").filter({ hasText: new RegExp(`^${name}`) });
const menu = (page) => page.locator("#rail").getByRole("link").allInnerTexts();
const status = async (page, path) => (await page.goto(path)).status();
const isOver = (page) => new URL(page.url()).pathname === "/sign-in";

/** A browser of a Super admin, or of whoever comes to the address that people know, and what its pages complain of. */
async function seat(who) {
  const page = await open(browser, house, who, who ? {} : { baseURL: house.named });
  return { page, heard: listen(page) };
}

/** The page is as every page has to be. */
async function looked({ page, heard }, shows, name) {
  const folder = process.env.ROLECALL_PICTURES;
  if (folder) await page.screenshot({ path: `${folder}/directory-${name}.png`, fullPage: true });
  await audit(page, heard, { heading: await page.locator("h1").innerText(), shows });
}

/** Fills the form of a new connection, and reviews it. */
async function connect(page, name, role) {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Name of a role").fill(role);
  await option(page, role).click();
  await button(page, "Review…").click();
  await button(page, "Make the connection").click();
  await heading(page, name);
  return page.url().match(/con_[\da-f]+/)[0];
}

/** Makes a token from the page that is shown, which tells it once. */
async function token(page, name) {
  await page.getByRole("link", { name: "New token" }).click();
  await page.getByLabel("What it is for").fill(name);
  await button(page, "Make the token").click();
  const secret = await page.getByLabel("Token", { exact: true }).inputValue();
  await page.getByRole("link", { name: "I have copied it" }).click();
  return secret;
}

/** What a program asks, and is answered. */
async function ask(secret, method, path, body, type = "application/json") {
  const headers = { authorization: `Bearer ${secret}`, ...(body && { "content-type": type }) };
  const answer = await fetch(house.url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text && JSON.parse(text) };
}

/** What the directory asks; it is answered with this status. */
async function scim(expected, method, path, body) {
  const answer = await ask(tokens.directory, method, `/scim/v2${path}`, body, "application/scim+json");
  assert.equal(answer.status, expected, `${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const changing = (...Operations) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
/** Switches somebody, in the words of Entra ID. */
const active = (expected, who, value) => scim(expected, "PATCH", `/Users/${ids[who]}`, changing({ op: "Replace", path: "active", value }));

/** A user as Entra ID sends one, whose object id is mapped to `externalId`. */
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
function user({ oid, email, name }) {
  const [givenName, familyName] = name.split(" ");
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    externalId: oid,
    userName: email,
    active: true,
    displayName: name,
    emails: [{ primary: true, type: "work", value: email }],
    meta: { resourceType: "User" },
    name: { formatted: name, familyName, givenName },
    title: "Payroll clerk",
    [ENTERPRISE]: { department: "Finance" },
  };
}

const ACCOUNT = { type: "account", id: "account" };
const payroll = () => ({ type: "service", id: ids.payroll });

/** What the second program is told: may somebody, whom it knows by the directory's id? */
async function may(who, name, resource) {
  const question = { subject: { type: "person", id: people[who].oid }, action: { name }, resource };
  const { status, body } = await ask(tokens.gateway, "POST", "/access/v1/evaluation", question);
  assert.equal(status, 200, "a no is an answer");
  return { yes: body.decision, why: body.context.reason_admin.en, ...body.context };
}

/** What the second program finds. */
async function finds(what, question) {
  const { status, body } = await ask(tokens.gateway, "POST", `/access/v1/search/${what}`, question);
  assert.deepEqual([status, body.page.next_token], [200, ""]);
  return body.results.map(({ id, name }) => id ?? name);
}
const whoCreates = () => finds("subject", { subject: { type: "person" }, action: { name: CREATE }, resource: payroll() });

/** From the sign-in page to the provider, and back as somebody. */
async function comeIn({ page }, who) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(people[who].email);
  await button(page, "Go on").click();
  await button(page, /Go on to your organisation’s provider/).click();
  await heading(page, "Sign in at the provider");
  await button(page, "Sign in here").click();
}
const isIn = ({ page }, who) => heading(page, `Hello, ${people[who].name}`);

test("a directory is connected by the pages: what it may give, a token, and a look at what a first sync would do", async () => {
  const owner = await seat("Super admin");
  const { page } = owner;
  await page.goto("/configure/connections");
  await page.getByRole("link", { name: "New connection" }).click();
  await page.getByRole("radio", { name: /^Provisioning/ }).check();
  ids.directory = await connect(page, "Northwind directory", "Admin");
  await page.getByRole("checkbox", { name: /^Configure the service desk/ }).check();
  await page.getByRole("region", { name: "In products" }).getByRole("button", { name: "Save…" }).click();
  await heading(page, "Save what Northwind directory may do in products?");
  await button(page, "Save").click();
  await said(page, "Saved.");
  assert.equal(await page.getByLabel("Address (SCIM)").inputValue(), `${house.named}/scim/v2`);
  await looked(owner, ".facts dd", "connection");
  tokens.directory = await token(page, "Key of the directory");

  await turn(page, "First sync");
  await page.getByLabel("Or paste it").fill(JSON.stringify({ Resources: Object.values(people).map(user) }));
  await button(page, "Try").click();
  await said(page, "Of 2 users: 2 would be created.");
  await looked(owner, "table.list tbody tr", "first-sync");
});

test("the directory makes two people, and groups that they are in", async () => {
  // It asks first whether somebody is there.
  for (const who of ["ada", "bob"]) {
    const { email } = people[who];
    const found = await scim(200, "GET", `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`);
    assert.equal(found.totalResults, 0);
    const made = await scim(201, "POST", "/Users", user(people[who]));
    assert.deepEqual([made.externalId, made.active], [people[who].oid, true]);
    ids[who] = made.id;
  }
  for (const [displayName, members] of Object.entries({ "Payroll desk": ["ada", "bob"], Auditors: ["ada"] })) {
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"];
    const group = await scim(201, "POST", "/Groups", { schemas, displayName, externalId: `id-of-${displayName}`, meta: { resourceType: "Group" } });
    const value = members.map((who) => ({ $ref: null, value: ids[who] }));
    await scim(204, "PATCH", `/Groups/${group.id}`, changing({ op: "Add", path: "members", value }));
  }
});

test("AD-30: what the groups give is mapped by the pages, and looked at before it is saved", async () => {
  const owner = await seat("Super admin");
  const { page } = owner;
  await page.goto(`/configure/connections/${ids.directory}`);
  await turn(page, /^Mappings/);
  const add = async (group, gives, on) => {
    await page.getByLabel("Whoever is in the group").selectOption({ label: group });
    await page.getByLabel("gets", { exact: true }).selectOption({ label: gives });
    if (on) await pick(page, "Service or queue", on);
    await button(page, "Add").click();
    await said(page, "Added, and not saved yet.");
  };
  await add("Payroll desk", "Service desk licence");
  await add("Payroll desk", "User of a service", "Payroll");
  await add("Auditors", "Auditor");
  await looked(owner, "table.list tbody tr", "mappings");
  await button(page, "Review changes…").click();
  await heading(page, "Save the mappings of Northwind directory?");
  const review = await page.locator(".review").innerText();
  assert.match(review, /Auditors:.*account role Auditor.*Payroll desk:.*Service desk licence.*Payroll desk:.*User access to Payroll/s);
  await looked(owner, ".effect", "mappings-review");
  await button(page, "Save the mappings").click();
  await said(page, "Saved.");
});

test("the sign-in provider is set up by the pages, with the directory by whose ids it knows people", async () => {
  const owner = await seat("Super admin");
  const { page } = owner;
  await page.goto("/configure/sign-in-providers");
  await page.getByRole("link", { name: "New sign-in provider" }).click();
  const connection = await connect(page, "Northwind sign-in", "Member");
  await turn(page, /^Sign-in$/);
  // What the page says is entered at the provider.
  const back = await page.getByLabel("Redirect address").inputValue();
  assert.equal(back, `${house.named}/sign-in/provider/${connection}/callback`);
  provider.sendsBack(client.id, back);
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("Client id").fill(client.id);
  await page.getByLabel("Client secret").fill(SECRET);
  await page.getByLabel("Directory of Entra ID").fill(DIRECTORY);
  await page.getByLabel("Its directory here").selectOption({ label: "Northwind directory" });
  await page.getByLabel("It is believed about").fill(DOMAIN);
  await button(page, "Review…").last().click();
  await heading(page, "Let people in by Northwind sign-in?");
  await button(page, "Set it up").click();
  await said(page, "Saved.");
  assert.match(await main(page), /The provider\s+answers/);
  await looked(owner, ".facts dd", "provider");
});

test("AD-15, AD-30: whoever comes in by the provider is found by the directory’s id, and has what the mappings give and nothing else", async () => {
  for (const who of ["ada", "bob"]) {
    at[who] = await seat();
    await comeIn(at[who], who);
    await isIn(at[who], who);
    await looked(at[who], ".section", `home-of-${who}`);
  }
  const [ada, bob] = [at.ada.page, at.bob.page];
  assert.ok((await menu(ada)).includes("Audit"), "by the group of auditors");
  assert.ok(!(await menu(bob)).includes("Audit"));
  assert.match(await ada.locator(".me").innerText(), /Custom role/);
  assert.match(await bob.locator(".me").innerText(), /Member/);
  assert.deepEqual([await status(ada, "/audit"), await status(bob, "/audit")], [200, 403]);
  for (const page of [ada, bob]) {
    assert.equal(await status(page, "/configure/connections"), 403, "no other right");
    await page.goto("/service-desk/records/new");
    assert.deepEqual(await page.getByLabel("Service", { exact: true }).locator("option").allInnerTexts(), ["Payroll"], "no other service");
  }
  await looked(at.ada, "form", "records");

  await ada.goto("/account/password");
  await ada.getByText("You have no password here.").waitFor();
  await looked(at.ada, ".empty", "no-password");

  // Whoever looks after them sees from where it came.
  const owner = await seat("Super admin");
  await owner.page.goto(`/people/${ids.ada}/products`);
  const came = owner.page.getByRole("region", { name: "From providers" });
  for (const [held, by] of [["Account role Auditor", "Auditors"], ["Service desk licence", "Payroll desk"], ["User access to Payroll", "Payroll desk"]]) {
    assert.match(await came.getByRole("row").filter({ hasText: held }).innerText(), new RegExp(`group ${by}`));
  }
  await looked(owner, ".section", "from-providers");
});

test("a second program asks over AuthZEN, by the directory’s ids, and is told why", async () => {
  const { page } = await seat("Super admin");
  await page.goto("/configure/connections/new");
  await connect(page, "Gateway", "Asks for decisions");
  tokens.gateway = await token(page, "Key of the gateway");
  const named = async (list, name) => (await house.api("GET", `/api/v1/${list}?page_size=200`)).items.find((one) => one.name === name).id;
  [ids.payroll, ids.auditor] = [await named("services", "Payroll"), await named("roles", "Auditor")];

  const audits = await may("ada", AUDIT, ACCOUNT);
  assert.deepEqual([audits.yes, audits.why], [true, `Allowed: account role ${ids.auditor}, over the whole account.`]);
  assert.deepEqual(audits.paths.map(({ by }) => by), [{ kind: "account_role", id: ids.auditor }], "what the mapping gave, and no other way");
  const creates = await may("ada", CREATE, payroll());
  assert.deepEqual([creates.yes, creates.why], [true, `Allowed: User access, over ${ids.payroll}.`]);
  assert.deepEqual(creates.paths.map(({ by, over }) => [by, over]), [[{ kind: "service_level", key: "user" }, { kind: "service", id: ids.payroll }]]);
  for (const [who, action, resource] of [["bob", AUDIT, ACCOUNT], ["ada", DELETE, payroll()], ["bob", DELETE, payroll()]]) {
    const { yes, why } = await may(who, action, resource);
    assert.deepEqual([yes, why], [false, "Denied: nothing gives this permission."], `${who}: ${action}`);
  }

  const found = await whoCreates();
  assert.ok(found.includes(ids.ada) && found.includes(ids.bob), found.join());
  const subject = { type: "person", id: people.ada.oid };
  assert.deepEqual(await finds("resource", { subject, action: { name: CREATE }, resource: { type: "service" } }), [ids.payroll]);
  assert.deepEqual(await finds("action", { subject, resource: payroll() }), [CREATE, "service_desk.record.manage"]);
});

/** How long it took until something is so, in milliseconds since a moment. */
async function until(began, what, isSo) {
  while (!(await isSo())) {
    if (Date.now() - began > 10 * BOUND_MS) throw new Error(`${what} goes on`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return [what, Date.now() - began];
}

test("AD-24: whoever is switched off at the directory has nothing within a second, on a page that stays open", async (t) => {
  const { page } = at.ada;
  await page.goto("/configure/tokens");
  tokens.ada = await token(page, "Pocket");
  const me = async () => (await ask(tokens.ada, "GET", "/api/v1/me")).status;
  assert.equal(await me(), 200);
  // A program of hers listens, and so does a page of hers.
  const stream = await fetch(`${house.url}/api/v1/events`, { headers: { authorization: `Bearer ${tokens.ada}` } });
  assert.equal(stream.status, 200);
  let isOpen = true;
  const ended = stream.text().finally(() => (isOpen = false));
  const live = page.waitForResponse((answer) => answer.url().endsWith("/service-desk/live") && answer.ok());
  await page.goto("/service-desk/my-work");
  await live;
  await looked(at.ada, ".tabs", "work");
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const isSignedIn = async () => (await fetch(`${house.url}/`, { headers: { cookie }, redirect: "manual" })).status === 200;
  assert.ok(isOpen && (await isSignedIn()));

  const began = Date.now();
  await active(200, "ada", "False");
  const took = await Promise.all([
    until(began, "the page that is open", () => isOver(page)),
    until(began, "the session", async () => !(await isSignedIn())),
    until(began, "the token", async () => (await me()) === 401),
    until(began, "the stream", () => !isOpen),
    until(began, "yes, over AuthZEN", async () => !(await may("ada", AUDIT, ACCOUNT)).yes),
    until(began, "being found, over AuthZEN", async () => !(await whoCreates()).includes(ids.ada)),
  ]);
  await ended;
  t.diagnostic(took.map(([what, ms]) => `${what}: ${ms} ms`).join(", "));
  for (const [what, ms] of took) assert.ok(ms < BOUND_MS, `${what} ended after ${ms} ms`);

  for (const [action, resource] of [[AUDIT, ACCOUNT], [CREATE, payroll()]]) {
    const { why, gates } = await may("ada", action, resource);
    assert.equal(why, "Denied: deactivated.");
    assert.deepEqual(gates.filter(({ outcome }) => outcome === "failed").map(({ gate, reason }) => [gate, reason]), [["person", "deactivated"]]);
  }
  await page.getByLabel("E-mail address").waitFor();
  await looked(at.ada, "form", "out");

  // The provider may let them in as before; the house does not.
  const again = await seat();
  await comeIn(again, "ada");
  await heading(again.page, "Not signed in");
  assert.match(await main(again.page), /You are known here, and may not come in by this provider\. You may be switched off/);
  await looked(again, "[role='alert']", "refused");

  // Nobody else lost anything, and whoever looks after it finds what happened.
  await at.bob.page.goto("/service-desk/my-work");
  await heading(at.bob.page, "My work");
  assert.ok((await may("bob", CREATE, payroll())).yes);
  const owner = await seat("Super admin");
  await owner.page.goto(`/people/${ids.ada}`);
  assert.match(await owner.page.getByRole("region", { name: "User", exact: true }).innerText(), /Deactivated\s+Switched off by hand or by provisioning/);
  await owner.page.goto(`/configure/connections/${ids.directory}/log`);
  assert.match(await owner.page.locator("table.list tbody tr").first().innerText(), /Changed a user.*Ada Lund.*done/s);
  await looked(owner, "table.list tbody tr", "log");
});

test("AD-24: the directory brings back whom its connection outranks, with what the groups give, and nothing that had ended", async () => {
  assert.equal((await active(200, "ada", "True")).active, true);
  assert.equal((await ask(tokens.ada, "GET", "/api/v1/me")).status, 401, "the token stays dead");
  await at.ada.page.goto("/");
  assert.ok(isOver(at.ada.page), "and so does the session");
  const ada = await seat();
  await comeIn(ada, "ada");
  await isIn(ada, "ada");
  assert.ok((await menu(ada.page)).includes("Audit"));
  assert.ok((await may("ada", AUDIT, ACCOUNT)).yes);
});

test("AD-24: it switches off whom it does not outrank, and a person brings them back", async () => {
  const owner = await seat("Super admin");
  const { page } = owner;
  await page.goto(`/people/${ids.bob}/roles`);
  await page.getByRole("combobox", { name: "Account role" }).selectOption("Admin");
  await button(page, "Change the role…").click();
  await button(page, "Give the role").click();
  await page.getByText("Admin · active").waitFor();
  await active(200, "bob", "False");
  await at.bob.page.waitForURL("**/sign-in*");
  const refused = await active(403, "bob", "True");
  assert.match(refused.detail, /AD-24/);
  assert.equal((await may("bob", CREATE, payroll())).yes, false, "a refusal changes nothing");

  await page.goto(`/people/${ids.bob}`);
  const section = page.getByRole("region", { name: "User", exact: true });
  await button(section, "Reactivate…").click();
  await heading(page, "Reactivate Bob Lund?");
  await button(page, "Reactivate").click();
  await section.getByText("Can sign in.").waitFor();
  const bob = await seat();
  await comeIn(bob, "bob");
  await isIn(bob, "bob");
  await page.goto(`/configure/connections/${ids.directory}/log?outcome=refused`);
  assert.match(await page.locator("table.list tbody tr").first().innerText(), /Changed a user.*Bob Lund.*refused.*AD-24/s);
  await looked(owner, "table.list tbody tr", "log-refused");
});
