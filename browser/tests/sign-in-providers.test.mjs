// Sign-in providers in a real browser, with a provider that keeps to the protocol (oidc-provider): set up by the pages, come in by, and out of.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { audit } from "../lib/audit.mjs";
import { LOOKS, open } from "../lib/chromium.mjs";
import { reached } from "../lib/house.mjs";
import { button, heading, main, pick, turn } from "../lib/parts.mjs";
import { Provider } from "../lib/provider.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter(reached);

const DOMAIN = "meridian-it.example";
const NAME = "Meridian sign-in";
const SECRET = "a-secret-of-the-provider";
const ADMIN = `rol_${"2".padStart(32, "0")}`;
const CUSTOMER = house.address("Customer");
const [OWNER, MEMBER, DAG] = [house.address("Super admin"), house.address("Admin"), `dag.ruiz8@${DOMAIN}`];
/** Who is known there, and as what. */
const people = {
  dag: { sub: "u-dag", email: DAG, email_verified: true, name: "Dag Ruiz" },
  admin: { sub: "u-admin", email: MEMBER, email_verified: true, name: "An Admin" },
  owner: { sub: "u-owner", email: OWNER, email_verified: true, name: "An Owner" },
  customer: { sub: "u-customer", email: CUSTOMER, email_verified: true, name: "A Customer" },
  mallory: { sub: "u-mallory", email: MEMBER, email_verified: false, name: "Mallory" },
  nora: { sub: "u-nora", email: `nora.peeters@${DOMAIN}`, email_verified: true, name: "Nora Peeters", groups: ["Desk"] },
};
const client = {
  id: "rolecall",
  secret: SECRET,
  goodbye: `${house.named}/sign-in`,
  backChannel: `${house.url}/sign-out/provider/back-channel`,
};
const theirs = { ...client, id: "portal", goodbye: `${house.named}/portal` };
const provider = await Provider.start({ people, clients: [client, theirs] });
after(() => provider.stop());
// They sign in while a password is all that is asked for.
for (const who of ["Super admin", "Admin", "Member"]) await house.client(who);

const said = (page, words) => page.getByRole("status").getByText(words).waitFor();
const anew = (options = {}) => open(browser, house, undefined, { baseURL: house.named, ...options });
const isHome = (page) => page.getByRole("heading", { level: 1, name: /^Hello, / }).waitFor();
const toProvider = (page) => button(page, /Go on to your organisation’s provider/);
let place;
let connection;
/** The Super admin, with a device that plays a passkey. */
let owner;

/** The address, and on to the provider. */
async function leave(page, address) {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(address);
  await button(page, "Go on").click();
  await toProvider(page).click();
  await heading(page, "Sign in at the provider");
}

/** Says at the provider who they are. */
async function answer(page, who) {
  await page.getByLabel("Who are you?").fill(who);
  await button(page, "Sign in here").click();
}

async function comeIn(page, who) {
  await leave(page, people[who].email);
  await answer(page, who);
}

async function byPassword(page, address) {
  await page.getByLabel("E-mail address").fill(address);
  await page.getByLabel("Password", { exact: true }).fill(house.password);
  await button(page, "Sign in").click();
}

/** The page is as every page has to be, wide and on a phone. */
async function looked(page, shows, name) {
  const heard = { complaints: [], loaded: [] };
  const shown = await page.locator("h1").innerText();
  for (const { viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await audit(page, heard, { heading: shown, shows });
    const folder = process.env.ROLECALL_PICTURES;
    if (folder) await page.screenshot({ path: `${folder}/${name}-${viewport.width}.png`, fullPage: true });
  }
  await page.setViewportSize(LOOKS[0].viewport);
  await page.emulateMedia({ colorScheme: LOOKS[0].colorScheme });
}

/** Changes how the provider is set up, by its page; answers what the review says. */
async function change(page, how) {
  await page.goto(place);
  await how(page);
  await button(page, "Review…").last().click();
  await heading(page, `Change how people come in by ${NAME}?`);
  const review = await page.locator(".review").innerText();
  await looked(page, ".effect", "effect");
  await button(page, "Save").click();
  await said(page, "Saved.");
  return review;
}

test("a provider is set up by the pages, which say what is to be entered there and whether it answers", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/sign-in-providers");
  await page.getByText("Everybody signs in by their own means.").waitFor();
  await looked(page, ".empty", "none");
  await page.getByRole("link", { name: "New sign-in provider" }).click();
  assert.ok(await page.getByRole("radio", { name: /^Sign-in provider/ }).isChecked());
  await page.getByLabel("Name", { exact: true }).fill(NAME);
  await page.getByLabel("Name of a role").fill("Admin");
  await page.getByRole("option").filter({ hasText: /^Admin/ }).click();
  await button(page, "Review…").click();
  await button(page, "Make the connection").click();
  await heading(page, NAME);
  connection = page.url().match(/con_[\da-f]+/)[0];
  await turn(page, /^Sign-in$/);
  place = new URL(page.url()).pathname;
  // Each provider has one of its own.
  const back = await page.getByLabel("Redirect address").inputValue();
  assert.equal(back, `${house.named}/sign-in/provider/${connection}/callback`);
  provider.sendsBack(client.id, back);
  assert.equal(await page.getByLabel("Back-channel logout address").inputValue(), client.backChannel.replace(house.url, house.named));
  await looked(page, "form", "set-up");

  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("Client id").fill(client.id);
  await page.getByLabel("Client secret").fill(SECRET);
  await page.getByLabel("It is believed about").fill(`${DOMAIN}\n`);
  await button(page, "Review…").last().click();
  await heading(page, `Let people in by ${NAME}?`);
  assert.match(await page.locator(".review").innerText(), /0\s+signed out.*0\s+locked out\s+Nobody is locked out/s);
  assert.ok(!(await page.content()).includes(SECRET), "the secret does not come back");
  await button(page, "Set it up").click();
  await said(page, "Saved.");
  assert.match(await main(page), /The provider\s+answers\s+Signed in through it\s+0 browsers/);
  assert.ok(!(await page.content()).includes(SECRET));
  await looked(page, ".facts dd", "set-up-done");
  await page.goto("/configure/sign-in-providers");
  assert.match(await page.getByRole("row").filter({ hasText: NAME }).innerText(), /staff\s+meridian-it\.example\s+answers\s+nobody yet/);
  await looked(page, "table.list tbody tr", "list");
});

test("a wrong field is said at once, and nothing that was typed is lost", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto(place);
  await page.getByLabel("Client id").fill("another");
  await page.getByLabel("Of these, by it alone").fill("elsewhere.example");
  await button(page, "Review…").last().click();
  assert.match(await page.getByRole("alert").innerText(), /^Not saved\. Elsewhere\.example/);
  assert.equal(await page.getByLabel("Client id").inputValue(), "another");
  await looked(page, "[role='alert']", "wrong");
  await page.goto(place);
  assert.equal(await page.getByLabel("Client id").inputValue(), client.id, "nothing was saved");
});

test("whoever has a verified address of the domain comes in, is known from then on, and signs out there too", async () => {
  const page = await anew();
  await page.goto("/sign-in");
  assert.equal(await page.getByLabel("Password", { exact: true }).count(), 0, "the address comes first");
  await looked(page, "form", "address");
  await page.getByLabel("E-mail address").fill(DAG);
  await button(page, "Go on").click();
  await toProvider(page).waitFor();
  assert.equal(await page.getByLabel("Password", { exact: true }).count(), 1);
  await looked(page, "form", "way");
  await comeIn(page, "dag");
  await isHome(page);
  await page.goto("/account");
  await page.getByRole("link", { name: "My sign-in providers" }).click();
  assert.match(await page.locator("table.list tbody").innerText(), new RegExp(NAME));
  await looked(page, "table.list tbody tr", "mine");

  await page.goto("/");
  await page.getByRole("button", { name: "Sign out" }).click();
  // The provider asks whether they are to be signed out there.
  await page.waitForURL(`${provider.issuer}/**`);
  await page.getByRole("button", { name: /^Yes/ }).click();
  await page.waitForURL(`${house.named}/sign-in*`);
  await page.goto("/account");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("a key that the provider signs with from now on is looked for at once", async () => {
  provider.rotate();
  const page = await anew();
  await comeIn(page, "dag");
  await isHome(page);
});

test("whoever says no at the provider is not let in, and nor is who comes back without having begun", async () => {
  const page = await anew();
  await leave(page, DAG);
  await button(page, "Not now").click();
  await heading(page, "Not signed in");
  await looked(page, ".notice", "denied");
  await page.goto(`/sign-in/provider/${connection}/callback?code=made-up&state=made-up`);
  await heading(page, "Not signed in");
});

test("AD-7: whoever came by the provider proves there once more that it is them", async () => {
  const page = await anew();
  await comeIn(page, "dag");
  await isHome(page);
  await page.goto("/sign-in/again?next=/account");
  await looked(page, "main form", "again");
  await button(page, `Prove it at ${NAME}`).click();
  // They are signed in there, and are asked all the same.
  await answer(page, "dag");
  await heading(page, "My settings");
  await page.goto("/sign-in/again?next=/account");
  await button(page, `Prove it at ${NAME}`).click();
  await answer(page, "admin");
  await heading(page, "Not proved");
  await looked(page, ".notice", "not-proved");
});

test("an address that nobody verified takes over nothing: who comes with it says by their own means who they are", async () => {
  const page = await anew();
  await leave(page, MEMBER);
  await answer(page, "mallory");
  await page.getByText("Your sign-in provider is not sure who you are here.").waitFor();
  await looked(page, "form", "to-confirm");
  const dag = await house.api("POST", "/api/v1/people/search", { q: "dag.ruiz8@" });
  assert.equal(dag.items.length, 1);
  await byPassword(page, DAG);
  await heading(page, "Confirm a sign-in provider");
  assert.match(await main(page), new RegExp(`${NAME} says that you are ${MEMBER}`));
  await looked(page, ".notice", "claim");
  await button(page, new RegExp(`^It is me: link ${NAME}`)).click();
  await said(page, "From now on you can sign in by the provider.");
  assert.equal(await page.locator("table.list tbody tr").count(), 2);

  // From now on it is them, and never whoever has the address.
  const again = await anew();
  await leave(again, MEMBER);
  await answer(again, "mallory");
  await isHome(again);
  assert.match(await again.locator(".me").innerText(), /Dag Ruiz/);
});

test("AD-30: who is not known comes to be where that is chosen, with what a mapping gives to their group", async () => {
  const before = await anew();
  await comeIn(before, "nora");
  await before.getByText("is not sure who you are here").waitFor();

  const at = `/api/v1/connections/${connection}`;
  const group = await house.api("POST", `${at}/provider-groups`, { name: "Desk" });
  const roles = await house.api("GET", "/api/v1/roles?page_size=200");
  const clerk = roles.items.find((one) => one.name === "Licence clerk").id;
  await house.api("PUT", `${at}/mappings`, { mappings: [{ provider_group: group.id, kind: "account_role", id: clerk }] });
  const page = await open(browser, house, "Super admin");
  const review = await change(page, async () => {
    await page.getByLabel("Make people as they sign in").check();
    await page.getByLabel("Claim with their groups").fill("groups");
  });
  assert.match(review, /comes with a verified address of one of its domains becomes a user/);

  const nora = await anew();
  await comeIn(nora, "nora");
  await isHome(nora);
  assert.match(await nora.locator(".me").innerText(), /Nora Peeters\s+Custom role/);
  const found = await house.api("POST", "/api/v1/people/search", { q: "nora.peeters@" });
  const mapped = await house.api("GET", `/api/v1/people/${found.items[0].id}/mapped`);
  assert.deepEqual([mapped.held.length, mapped.unmet], [1, []]);
});

test("RULES §1: it opens one facet alone, of whoever has both", async () => {
  const { items: [{ id }] } = await house.api("POST", "/api/v1/people/search", { q: DAG.split(".")[0] + ".ruiz8@" });
  await house.api("POST", `/api/v1/people/${id}/customer-facet`, {});
  const { items } = await house.api("GET", "/api/v1/services");
  const payroll = items.find((one) => one.name === "Payroll").id;
  await house.api("PUT", `/api/v1/services/${payroll}/customers/${id}`, { access: "portal" });
  await house.api("PUT", `/api/v1/people/${id}/portal-level`, { level: "company" });
  const page = await anew();
  await page.goto("/sign-in");
  await page.getByLabel("E-mail address").fill(DAG);
  await button(page, "Go on").click();
  await page.getByLabel("Password", { exact: true }).fill(house.password);
  await button(page, "Sign in").click();
  await isHome(page);
  assert.equal((await page.goto("/portal")).status(), 200, "by their own means both");
  const through = await anew();
  await comeIn(through, "dag");
  await isHome(through);
  assert.equal((await through.goto("/portal")).status(), 403);
});

test("SD-22: a company's people come in by a provider of their own, to the portal alone", async () => {
  const { items: [customer] } = await house.api("POST", "/api/v1/people/search", { q: CUSTOMER });
  const { company } = await house.api("GET", `/api/v1/people/${customer.id}`);
  const new_ = { name: "Sign-in of a customer", kind: "sign_in_provider", role: `rol_${"3".padStart(32, "0")}` };
  const { id } = await house.api("POST", "/api/v1/connections", new_);
  await house.api("POST", `/api/v1/connections/${id}/sign-in-provider`, {
    issuer: provider.issuer,
    client_id: theirs.id,
    client_secret: SECRET,
    audience: "customers",
    companies: [company],
    domains: [CUSTOMER.split("@")[1]],
  });
  provider.sendsBack(theirs.id, `${house.named}/sign-in/provider/${id}/callback`);
  const page = await anew();
  await comeIn(page, "customer");
  await page.waitForURL(`${house.named}/portal*`);
  assert.equal((await page.goto("/configure/services")).status(), 403);
  await house.api("DELETE", `/api/v1/connections/${id}/sign-in-provider`);
  await page.goto("/portal");
  assert.equal(new URL(page.url()).pathname, "/sign-in");
});

test("RULES §1: staff who are customers too say at the sign-in page as whom they come", async () => {
  const { items: [{ id: dag }] } = await house.api("POST", "/api/v1/people/search", { q: DAG });
  const { id: company } = await house.api("POST", "/api/v1/companies", { name: "Our own people" });
  await house.api("POST", `/api/v1/companies/${company}/domains`, { domain: DOMAIN });
  await house.api("PUT", `/api/v1/people/${dag}/employer`, { company, move: true });
  const portal = { name: "Portal of our own people", kind: "sign_in_provider", role: `rol_${"3".padStart(32, "0")}` };
  const { id } = await house.api("POST", "/api/v1/connections", portal);
  const at = `/api/v1/connections/${id}/sign-in-provider`;
  await house.api("POST", at, {
    issuer: provider.issuer,
    client_id: theirs.id,
    client_secret: SECRET,
    audience: "customers",
    companies: [company],
    domains: [DOMAIN],
  });
  provider.sendsBack(theirs.id, `${house.named}/sign-in/provider/${id}/callback`);
  for (const [as, path, other] of [["Sign in as staff", "/", "/portal"], ["Sign in as a customer", "/portal", "/configure/services"]]) {
    const page = await anew();
    await page.goto("/sign-in");
    await page.getByLabel("E-mail address").fill(DAG);
    await button(page, "Go on").click();
    await button(page, as).waitFor();
    await looked(page, "form", "as-whom");
    await button(page, as).click();
    await heading(page, "Sign in at the provider");
    await answer(page, "dag");
    await page.waitForURL((url) => url.pathname === path);
    assert.equal((await page.goto(other)).status(), 403);
  }
  await house.api("DELETE", at);
  await house.api("PUT", `/api/v1/people/${dag}/employer`, { company: null });
  await house.api("DELETE", `/api/v1/companies/${company}/domains/${DOMAIN}`);
});

test("whoever signs out at the provider is out here within a second, on a page that stays open", async () => {
  const page = await anew();
  await comeIn(page, "owner");
  await isHome(page);
  await page.goto("/service-desk/my-work");
  await heading(page, "My work");
  // The stream is open.
  await page.waitForTimeout(1_000);
  const began = Date.now();
  assert.deepEqual(await provider.signOut("u-owner"), [200]);
  await page.waitForURL("**/sign-in*", { timeout: 5_000 });
  const took = Date.now() - began;
  assert.ok(took < 1_000, `it took ${took} ms`);
});

test("AD-8: a domain is made provider-only, with one who keeps a way in; nobody else of it has a password any more", async () => {
  owner = await anew();
  const device = await owner.context().newCDPSession(owner);
  await device.send("WebAuthn.enable");
  const kind = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  await device.send("WebAuthn.addVirtualAuthenticator", { options: { ...kind, automaticPresenceSimulation: true } });
  await owner.goto("/sign-in?by=password");
  await byPassword(owner, OWNER);
  await isHome(owner);
  await owner.goto("/account/passkeys");
  await button(owner, "Register a passkey").click();
  await owner.locator("table.list tbody tr").first().waitFor();

  const name = (await owner.locator(".me").innerText()).split("\n")[0];
  const review = await change(owner, async () => {
    await owner.getByLabel("Of these, by it alone").fill(DOMAIN);
    await pick(owner, "Name of a Super admin", name);
  });
  assert.match(review, /\d+\s+by the provider alone from now on\s+Their passwords and passkeys are refused\./);
  assert.match(review, /0\s+signed out/);

  const door = await anew();
  await door.goto("/sign-in");
  await door.getByLabel("E-mail address").fill(`nobody.at.all@${DOMAIN}`);
  await button(door, "Go on").click();
  await toProvider(door).waitFor();
  assert.equal(await door.getByLabel("Password", { exact: true }).count(), 0, "whosever the address is");
  await looked(door, "form", "provider-only");
  await door.getByRole("link", { name: "signs in with a password" }).click();
  await byPassword(door, MEMBER);
  await door.getByText("People of this domain sign in through their sign-in provider").waitFor();
  await owner.getByRole("button", { name: "Sign out" }).click();
  await owner.waitForURL("**/sign-in*");
  await owner.getByRole("button", { name: "Sign in with a passkey" }).click();
  await isHome(owner);
  // The mail is on its way.
  const told = /without the sign-in provider/i;
  await door.goto("/demo/mailbox");
  for (let tries = 0; tries < 50 && !told.test(await main(door)); tries++) {
    await door.waitForTimeout(100);
    await door.reload();
  }
  assert.match(await main(door), told, "all Super admins are told");
});

test("who may not set one up finds no page of it", async () => {
  for (const who of ["Member", "Admin"]) {
    const page = await open(browser, house, who);
    for (const path of ["/configure/sign-in-providers", place]) assert.match(String((await page.goto(path)).status()), /^40[34]$/, path);
    await page.goto("/");
    assert.equal(await page.getByRole("link", { name: "Sign-in providers" }).count(), 0);
  }
});

test("AD-24: an administrator sees which providers know somebody, and unlinks one", async () => {
  const { items: [dag] } = await house.api("POST", "/api/v1/people/search", { q: "dag.ruiz8@" });
  const page = owner;
  await page.goto(`/people/${dag.id}`);
  const panel = page.getByRole("region", { name: "Sign-in providers that know them" });
  const rows = panel.locator("tbody tr");
  assert.equal(await rows.count(), 2);
  await looked(page, "#s-sign-in-providers", "of-person");
  await rows.last().getByRole("button", { name: /^Unlink/ }).click();
  await heading(page, `Unlink Dag Ruiz from ${NAME}?`);
  await looked(page, ".review", "unlink");
  await button(page, "Unlink").click();
  await said(page, "The provider knows them no longer.");
  assert.equal(await rows.count(), 1);

  // Whoever came with an address that nobody verified is nobody again.
  const mallory = await anew();
  await leave(mallory, MEMBER);
  await answer(mallory, "mallory");
  await mallory.getByText("Your sign-in provider is not sure who you are here.").waitFor();
});

test("what is removed lets nobody in: it is said who is signed out, and the password counts again", async () => {
  const dag = await anew();
  await comeIn(dag, "dag");
  await isHome(dag);
  const page = owner;
  await page.goto(place);
  await button(page, "Let nobody in by it…").click();
  await heading(page, `Let nobody in by ${NAME} any more?`);
  const review = await page.locator(".review").innerText();
  assert.match(review, /[1-9]\d*\s+signed out/);
  assert.match(review, /1\s+locked out.*Nora Peeters/s);
  assert.match(review, /People of meridian-it\.example can sign in by their own means again\./);
  await looked(page, ".effect", "removal");
  await button(page, "Remove").click();
  await said(page, "Nobody comes in by it any more.");
  await dag.goto("/account");
  assert.equal(new URL(dag.url()).pathname, "/sign-in");
  await byPassword(dag, DAG);
  await heading(dag, "My settings");
});
