// Every page there is. Each of them is looked at in Chromium, wide and on a phone (`lib/audit.mjs`), and read without a script
// (`tests/plain.test.mjs`). A test of the server fails while a page of it is not here.
//
//   name     unique; what the test is called
//   route    as the server's list of routes has it, `{person}` and all; no route: a page about a problem
//   path     the address, where it is not the route: a text, or how a client that is signed in finds it in the house
//   as       who looks: "Super admin", "Admin", "Member", "Company Admin" or "Customer", whom the demonstration names, an address, or nobody
//   heading  the one h1: a text or a pattern
//   shows    a row, or what is shown in the place of rows: a simple selector, like `table.list tbody tr` or `.empty`
//   status   200 unless it is said
//   house    "demo" unless it is "empty": a server that nobody has set up
//   steps    what is done in Chromium before the page is looked at, like opening a dialogue
//   plainly  the same without a script: takes a client and the page, answers the page to be read; one that has steps and not this
//            is not read without a script
//
// All look at the same two servers: steps change nothing that others look at.

/** Where a service of the demonstration is, and what lies below it. */
const service = (name, below = "") => async (client) => {
  const list = await client.get("/configure/services");
  const link = list.root.all("table.list a").find((link) => link.text === name);
  return link.get("href") + below;
};
/** A form that waits for the password: what the page that asks for it carries along. */
const NEW_CONNECTION = "/configure/connections/new";
const WAITING = JSON.stringify({
  title: "Make the connection Directory?",
  action: NEW_CONNECTION,
  back: NEW_CONNECTION,
  place: "Configure",
  fields: [["name", "Directory"]],
});
/** Of everybody in the demonstration. */
const PASSWORD = "see how it works";
const PAYROLL = { as: "Super admin", heading: "Payroll", shows: "table.list tbody tr" };

/** A page of one's own person. */
const own = (below) => async (client) => {
  const links = (await client.get("/account")).root.all("main a").map((link) => link.get("href"));
  return links.find((href) => href.endsWith("/access")).replace("/access", below);
};

/** Two levels on the Users tab, chosen and not saved. */
const choose = async (page) => {
  const row = (who) => page.locator("table.list tbody tr", { hasText: who });
  await row("Bo Achterberg").getByRole("radio", { name: "Administrator", exact: true }).check();
  await row("Cleo Marsh").getByRole("radio", { name: "User", exact: true }).check();
};

/** A page of somebody whom the demonstration always has. */
const someone = (below) => async (client) => {
  const list = await client.get("/people/users");
  const found = await client.send(list, "form.filters", { q: "Bo Achterberg" });
  return found.root.all("table.list tbody th a")[0].get("href") + below;
};

const IMPORT = "/people/import";
/** A file of one's own, brought; nobody else finds it. */
const bring = async (client) =>
  client.bring(
    await client.get(IMPORT),
    `form[enctype]`,
    "people.csv",
    "Mail;First name;Last name;company;Shoe size\nann.lee@orchard.example;Ann;Lee;;38\nnobody;No;Body;;40\nsami@orchard.example;سامي;حداد;;41\n",
  );
/** The same, tried to its end. */
const tried = async (client) => {
  await client.send(await bring(client), `form[action='${IMPORT}/columns']`);
  for (let times = 0; times < 100; times++) {
    const page = await client.get(`${IMPORT}/outcome`);
    if (!page.html.includes("data-import")) return page.path;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the file is tried for ever");
};

const QUEUES = "/contact-centre/queues";
const SETTINGS = "/contact-centre/admin";

/** The address of what a list calls so, with what stands below it. */
const listed = (list, name, below = "") => async (client) => {
  const page = await client.get(list);
  const link = page.root.all("table.list tbody a").find((one) => one.text === name);
  if (!link) throw new Error(`${list} has no ${name}`);
  return link.get("href") + below;
};

const [ROLES, USER_GROUPS, DEVICE_GROUPS] = ["/access/roles", "/people/user-groups", "/remote-support/device-groups"];
const TILLS = "Point-of-sale terminals";
/** What customers of the demonstration logged. */
const [OVERTIME, STATEMENT] = ["Overtime of October is missing on my payslip", "The reminder of last year’s statement comes every day"];
const logged = (title, which = "") => async (client) => {
  const page = await client.get(`/portal/incidents${which}`);
  return page.root.all(".records a").find((one) => one.text === title).get("href");
};
/** Who administers Payroll in the demonstration, and the form of a mass action on its records. */
const ANA = "ana.lindqvist5@meridian-it.example";
const changed = async (client) => {
  const list = await client.get("/service-desk/records");
  const payroll = list.root.all("#f-service option").find((one) => one.text === "Payroll");
  return `/service-desk/mass-actions/new?service=${payroll.get("value")}`;
};
/** A webhook, made by the first who asks: its receiver is nobody. */
const WEBHOOKS = "/configure/webhooks";
let made;
const hooked = async (house) => {
  made ??= (async () => {
    const role = await house.api("POST", "/api/v1/roles", { name: "Listening", permissions: ["admin.audit.view"] });
    const connection = await house.api("POST", "/api/v1/connections", { name: "Mirror", role: role.id });
    const hook = { name: "Mirror of people", connection: connection.id, url: "https://receiver.invalid/people", kinds: ["person.added"] };
    return (await house.api("POST", "/api/v1/subscriptions", hook)).id;
  })();
  return made;
};
/** A connection whose provider has groups that are mapped, and somebody in them; made by the first who asks. */
const provided = {};
const provide = (house, name) => (provided[name] ??= provideAnew(house, name));
async function provideAnew(house, name) {
  const [items, ADMIN] = [async (path) => (await house.api("GET", `${path}?page_size=200`)).items, `rol_${"2".padStart(32, "0")}`];
  const called = async (path, text) => (await items(path)).find((one) => one.name === text).id;
  const rights = { configure_desk: true, contact_admin: true };
  const made = { name, role: ADMIN, kind: "sign_in_provider", rights };
  const connection = (await house.api("POST", "/api/v1/connections", made)).id;
  const at = `/api/v1/connections/${connection}`;
  const group = async (name) => (await house.api("POST", `${at}/provider-groups`, { name })).id;
  const long = "Everybody who answers the telephone of the service desk at night, on Sundays and on public holidays in Ghent and Lille";
  const [staff, night, empty] = [await group("Service desk staff"), await group(long), await group("Contractors of the move to the new building")];
  const [payroll, helpline] = [await called("/api/v1/services", "Payroll"), await called("/api/v1/queues", "Helpline")];
  const clerk = await called("/api/v1/roles", "Licence clerk");
  const mappings = [
    { provider_group: staff, kind: "account_role", id: clerk },
    { provider_group: night, kind: "account_role", id: `rol_${"3".padStart(32, "0")}` },
    { provider_group: staff, kind: "service", id: payroll, level: "user" },
    { provider_group: night, kind: "queue_agent", id: helpline },
    { provider_group: empty, kind: "service", id: payroll, level: "administrator" },
  ];
  await house.api("PUT", `${at}/mappings`, { mappings });
  const expires = new Date(Date.now() + 20 * 24 * 60 * 60 * 1000).toISOString();
  const { secret } = await house.api("POST", `${at}/tokens`, { name: "Key of the provider", expires });
  const newcomer = { name: `Ines of ${name}`, email: `ines.${connection.slice(-6)}@meridian-it.example` };
  const person = (await house.api("POST", "/api/v1/people/users", newcomer)).id;
  for (const one of [staff, night]) {
    const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
    const body = JSON.stringify({ add: [person] });
    const answer = await fetch(`${house.url}/api/v1/provider-groups/${one}/members`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(await answer.text());
  }
  return { page: `/configure/connections/${connection}`, staff: `/configure/provider-groups/${staff}`, person: `/people/${person}` };
}
/** A sign-in provider that is set up, and answers nobody: it speaks for no domain, so that the sign-in page is as it was. */
const setUp = {};
const signInProvider = (house, name) => (setUp[name] ??= setUpAnew(house, name));
async function setUpAnew(house, name) {
  const made = { name, role: `rol_${"2".padStart(32, "0")}`, kind: "sign_in_provider" };
  const { id } = await house.api("POST", "/api/v1/connections", made);
  const order = { issuer: "https://login.invalid/realms/staff", client_id: "rolecall", client_secret: "made-up", audience: "staff" };
  await house.api("POST", `/api/v1/connections/${id}/sign-in-provider`, order);
  return `/configure/connections/${id}/sign-in`;
}
/** A directory that kept somebody, and was refused somebody else; made by the first who asks. */
let kept;
const directory = (house) => (kept ??= keep(house));
async function keep(house) {
  const made = { name: "Staff directory", role: `rol_${"2".padStart(32, "0")}`, kind: "provisioning" };
  const { id } = await house.api("POST", "/api/v1/connections", made);
  const expires = new Date(Date.now() + 300 * 24 * 60 * 60 * 1000).toISOString();
  const { secret } = await house.api("POST", `/api/v1/connections/${id}/tokens`, { name: "Key of the directory", expires });
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/scim+json" };
  const user = (userName) => JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName });
  for (const name of ["lotte.claes@meridian-it.example", "lotte.claes@meridian-it.example"]) {
    await fetch(`${house.url}/scim/v2/Users`, { method: "POST", headers, body: user(name) });
  }
  await fetch(`${house.url}/scim/v2/Users?count=5`, { headers });
  return `/configure/connections/${id}`;
}
const BROUGHT = JSON.stringify({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
  Resources: ["lotte.claes@meridian-it.example", "bo.achterberg6@meridian-it.example", "someone.new@meridian-it.example", 7].map((userName) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName,
  })),
});
/** A record of the demonstration. */
const QUIET = "No sound in the meeting room on floor 3";

export const pages = [
  { name: "sign-in", route: "/sign-in", heading: "Sign in", shows: "form[action='/sign-in']" },
  {
    name: "sign-in, refused",
    route: "/sign-in",
    heading: "Sign in",
    shows: "form[action='/sign-in']",
    steps: async (page) => {
      await page.getByLabel("E-mail address").fill("nobody@example.net");
      await page.getByLabel("Password").fill("not this one");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await page.getByRole("alert").waitFor();
    },
    plainly: (client, page) => client.send(page, "form[action='/sign-in']", { email: "nobody@example.net", password: "not this one" }),
  },
  { name: "invitation", route: "/invitation", heading: "Accept your invitation", shows: "form[action='/invitation']" },
  { name: "set-up", route: "/set-up", house: "empty", heading: "Set Rolecall up", shows: "form[action='/set-up']" },
  { name: "home", route: "/", as: "Super admin", heading: /^Hello, /, shows: ".rights li" },
  { name: "home of a member", route: "/", as: "Member", heading: /^Hello, /, shows: ".rights li, .empty" },
  { name: "my settings", route: "/account", as: "Admin", heading: "My settings", shows: "#viewed" },
  {
    name: "like somebody else",
    route: "/people/{person}/like",
    path: own("/like"),
    as: "Super admin",
    heading: "Give the same as somebody",
    shows: ".empty",
  },
  {
    name: "hand over",
    route: "/people/{person}/hand-over",
    path: own("/hand-over"),
    as: "Super admin",
    heading: "Hand over",
    shows: ".empty",
  },
  {
    name: "person",
    route: "/people/{person}",
    path: someone(""),
    as: "Super admin",
    heading: "Bo Achterberg",
    shows: "#email",
  },
  {
    name: "person, roles",
    route: "/people/{person}/roles",
    path: someone("/roles"),
    as: "Super admin",
    heading: "Bo Achterberg",
    shows: "#role",
  },
  {
    name: "person, products",
    route: "/people/{person}/products",
    path: someone("/products"),
    as: "Super admin",
    heading: "Bo Achterberg",
    shows: ".held li",
  },
  {
    name: "person, access",
    route: "/people/{person}/access",
    path: someone("/access"),
    as: "Super admin",
    heading: "Bo Achterberg",
    shows: ".grant",
  },
  {
    name: "ask",
    route: "/access/ask",
    path: async (client) => {
      const [person, payroll] = [await someone("")(client), await service("Payroll")(client)];
      const [who, on] = [person, payroll].map((path) => path.split("/").at(-1));
      return `/access/ask?subject=${who}&permission=service_desk.record.delete&on=${on}`;
    },
    as: "Super admin",
    heading: "Ask about access",
    shows: ".gates li",
  },
  {
    name: "who can",
    route: "/access/who-can",
    path: async (client) => `/access/who-can?on=${(await service("Payroll")(client)).split("/").at(-1)}`,
    as: "Super admin",
    heading: "Who can",
    shows: "table tbody tr",
  },
  { name: "support check", route: "/access/support-check", as: "Super admin", heading: "Support check", shows: "form .picker" },
  { name: "comparison", route: "/access/comparison", as: "Super admin", heading: "Roles of remote support, compared", shows: "table tbody tr" },
  { name: "audit", route: "/audit", as: "Super admin", heading: "Changes", shows: "table.list tbody tr" },
  {
    name: "audit entry",
    route: "/audit/{position}",
    path: async (client) => (await client.get("/audit")).root.all("table.list tbody a")[0].get("href"),
    as: "Super admin",
    heading: /^Change \d+$/,
    shows: "main dl, main table, main ul",
  },
  { name: "forgotten password", route: "/forgot-password", heading: "Forgot your password?", shows: "form[action='/forgot-password']" },
  { name: "password reset", route: "/password-reset", heading: "Choose a new password", shows: "form[action='/password-reset']" },
  { name: "link to sign in with", route: "/sign-in/send-link", heading: "Sign in with a link", shows: "form[action='/sign-in/send-link']" },
  { name: "sign in with a link", route: "/sign-in/link", heading: "Sign in with your link", shows: "form[action='/sign-in/link']" },
  { name: "register", route: "/register", heading: "Register in the portal", shows: "form[action='/register']" },
  { name: "register with a link", route: "/register/confirm", heading: "Confirm your address", shows: "form[action='/register/confirm']" },
  { name: "address to confirm", route: "/confirm-address", heading: "Confirm your address", shows: "form[action='/confirm-address']" },
  { name: "my profile", route: "/account/profile", as: "Admin", heading: "My profile", shows: "form[action='/account/profile/name']" },
  { name: "my mails", route: "/account/mails", as: "Admin", heading: "My mails", shows: "form[action='/account/mails']" },
  { name: "portal, my mails", route: "/account/mails", as: "Customer", heading: "My mails", shows: "input[name='closed']" },
  { name: "my passkeys", route: "/account/passkeys", as: "Admin", heading: "Passkeys", shows: ".empty" },
  { name: "back from a sign-in provider", route: "/sign-in/provider/{provider}/callback", path: "/sign-in/provider/con_0/callback", status: 422, heading: "Not signed in", shows: ".notice" },
  { name: "signed out at no sign-in provider", route: "/sign-out/provider", heading: "Sign in", shows: "form[action='/sign-in']" },
  { name: "my sign-in providers", route: "/account/providers", as: "Admin", heading: "My sign-in providers", shows: ".empty" },
  { name: "sign-in provider to confirm", route: "/account/providers/link", as: "Admin", heading: "Confirm a sign-in provider", shows: ".empty" },
  { name: "sign-ins", route: "/audit/sign-ins", as: "Super admin", heading: "Sign-ins", shows: "table.list tbody tr, .empty" },
  { name: "my second factor", route: "/account/second-factor", as: "Admin", heading: "Second factor", shows: "svg.qr" },
  { name: "proved at a sign-in provider", route: "/sign-in/again/proved", as: "Admin", heading: "It is you", shows: "main h1" },
  { name: "password, again", route: "/sign-in/again", as: "Admin", heading: "Your password, please", shows: "main form" },
  // Nobody waits until a proof is too old: the page is given what a late form would carry.
  {
    name: "password, again, and on with what waited",
    route: "/sign-in/again",
    path: `/sign-in/again?next=${NEW_CONNECTION}`,
    as: "Super admin",
    heading: "Go on",
    shows: "main form",
    steps: async (page) => {
      await page.evaluate((begun) => {
        for (const next of document.querySelectorAll("[name=next]")) Object.assign(next, { name: "begun", value: begun });
      }, WAITING);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Go on", exact: true }).click();
      await page.getByText("It is you.").waitFor();
    },
    plainly: (client, page) => {
      const form = page.root.all("form").find((form) => form.get("action") === "/sign-in/again");
      form.one("[name=next]").attributes.set("name", "begun");
      return client.send(page, form, { password: PASSWORD, begun: WAITING });
    },
  },
  // Whoever is not half signed in is led to the door; the tests of the server look at the page itself.
  { name: "second step of nobody", route: "/sign-in/code", heading: "Sign in", shows: "form[action='/sign-in']" },
  {
    name: "reset of a second factor",
    route: "/people/{person}/second-factor/reset",
    path: someone("/second-factor/reset"),
    as: "Super admin",
    heading: "Reset the second factor",
    shows: "main form, main .empty, main .notice",
  },
  {
    name: "my sign-in sessions",
    route: "/account/sessions",
    as: "Admin",
    heading: "My sign-in sessions",
    shows: "table.list tbody tr",
  },
  {
    name: "my password",
    route: "/account/password",
    as: "Admin",
    heading: "My password",
    shows: "form[action='/account/password']",
  },
  {
    name: "my password, refused",
    route: "/account/password",
    as: "Admin",
    heading: "My password",
    shows: "form[action='/account/password']",
    steps: async (page) => {
      await page.getByLabel("Present password").fill("not this one");
      await page.getByLabel("New password", { exact: true }).fill("nine blue harvesters");
      await page.getByLabel("New password, again").fill("ten blue harvesters");
      await page.getByRole("button", { name: "Change password" }).click();
      await page.locator("[aria-invalid=true]").first().waitFor();
    },
    plainly: (client, page) => {
      const typed = { old: "not this one", new: "nine blue harvesters", again: "ten blue harvesters" };
      return client.send(page, "form[action='/account/password']", typed);
    },
  },
  {
    name: "queues",
    route: "/contact-centre/queues",
    as: "Super admin",
    heading: "Queues",
    shows: "table.list tbody tr",
  },
  {
    name: "queue, people",
    route: "/contact-centre/queues/{queue}",
    path: listed(QUEUES, "Helpline"),
    as: "Super admin",
    heading: "Helpline",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "queue, somebody found",
    route: "/contact-centre/queues/{queue}",
    path: listed(QUEUES, "Helpline"),
    as: "Super admin",
    heading: "Helpline",
    shows: "table.list tbody tr",
    steps: async (page) => {
      await page.getByLabel("Find a user by name or address, to assign them").fill("a");
      await page.getByRole("button", { name: "Find", exact: true }).click();
      await page.getByText("Users found").waitFor({ state: "attached" });
    },
    plainly: (client, page) => client.send(page, "form#rows", { q: "a" }, "Find"),
  },
  {
    name: "queue, agents",
    route: "/contact-centre/queues/{queue}/agents",
    path: listed(QUEUES, "Helpline", "/agents"),
    as: "Super admin",
    heading: "Helpline",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "queue, settings",
    route: "/contact-centre/queues/{queue}/settings",
    path: listed(QUEUES, "Helpline", "/settings"),
    as: "Super admin",
    heading: "Helpline",
    shows: "#kind",
  },
  {
    name: "who is logged in",
    route: "/contact-centre/logged-in",
    as: "Super admin",
    heading: "Who is logged in",
    shows: "table.list tbody tr",
  },
  {
    name: "contact centre permissions",
    route: "/contact-centre/admin/permissions",
    as: "Super admin",
    heading: "Permissions",
    shows: "table.settings tbody tr",
  },
  {
    name: "pause reasons",
    route: "/contact-centre/admin/pause-reasons",
    as: "Super admin",
    heading: "Pause reasons",
    shows: "table.list tbody tr",
  },
  {
    name: "pause reasons, one",
    route: "/contact-centre/admin/pause-reasons/{pause_reason}",
    path: listed(`${SETTINGS}/pause-reasons`, "After a hard call"),
    as: "Super admin",
    heading: "After a hard call",
    shows: "form.narrow",
  },
  {
    name: "skills",
    route: "/contact-centre/admin/skills",
    as: "Super admin",
    heading: "Skills",
    shows: "table.list tbody tr",
  },
  {
    name: "skills, one",
    route: "/contact-centre/admin/skills/{skill}",
    path: listed(`${SETTINGS}/skills`, "Dutch"),
    as: "Super admin",
    heading: "Dutch",
    shows: "form.narrow",
  },
  {
    name: "pre-recorded messages",
    route: "/contact-centre/admin/pre-recorded-messages",
    as: "Super admin",
    heading: "Pre-recorded messages",
    shows: "table.list tbody tr",
  },
  {
    name: "pre-recorded messages, one",
    route: "/contact-centre/admin/pre-recorded-messages/{prerecorded_message}",
    path: listed(`${SETTINGS}/pre-recorded-messages`, "Greeting"),
    as: "Super admin",
    heading: "Greeting",
    shows: "form.narrow",
  },
  {
    name: "pre-written messages",
    route: "/contact-centre/admin/pre-written-messages",
    as: "Super admin",
    heading: "Public pre-written messages",
    shows: "table.list tbody tr",
  },
  {
    name: "pre-written messages, one",
    route: "/contact-centre/admin/pre-written-messages/{prewritten_message}",
    path: listed(`${SETTINGS}/pre-written-messages`, "Out of hours"),
    as: "Super admin",
    heading: "Out of hours",
    shows: "form.narrow",
  },
  {
    name: "skills, who has one",
    route: "/contact-centre/admin/skills/{skill}/agents",
    path: listed(`${SETTINGS}/skills`, "Dutch", "/agents"),
    as: "Super admin",
    heading: "Who has Dutch",
    shows: "table.list tbody tr, .empty",
  },
  { name: "users", route: "/people/users", as: "Super admin", heading: "Users", shows: "table.list tbody tr" },
  { name: "users of a member", route: "/people/users", as: "Member", heading: "Users", shows: "table.list tbody tr" },
  {
    name: "nobody found",
    route: "/people/users",
    path: "/people/users?status=unconfirmed",
    as: "Super admin",
    heading: "Users",
    shows: ".empty",
  },
  { name: "customers", route: "/people/customers", as: "Super admin", heading: "Customers", shows: "table.list tbody tr" },
  { name: "new user", route: "/people/users/new", as: "Super admin", heading: "Add a user", shows: "form[action='/people/users/new']" },
  {
    name: "new customer",
    route: "/people/customers/new",
    as: "Super admin",
    heading: "Add a customer",
    shows: "form[action='/people/customers/new']",
  },
  { name: "import", route: "/people/import", as: "Super admin", heading: "Import people", shows: "table.list tbody tr" },
  {
    name: "columns of an import",
    route: "/people/import/columns",
    path: async (client) => (await bring(client)).path,
    as: "Super admin",
    heading: "Choose the columns",
    shows: "table.list tbody tr",
  },
  {
    name: "outcome of an import",
    route: "/people/import/outcome",
    path: tried,
    as: "Admin",
    heading: "What the file would do",
    shows: "table.list tbody tr",
  },
  // What became of many is kept for whoever changed them, for a day.
  {
    name: "changed users, over",
    route: "/people/users/changed",
    as: "Super admin",
    status: 404,
    heading: "Nothing here",
    shows: ".notice",
  },
  {
    name: "changed customers, over",
    route: "/people/customers/changed",
    as: "Super admin",
    status: 404,
    heading: "Nothing here",
    shows: ".notice",
  },
  { name: "groups", route: "/configure/groups", as: "Super admin", heading: "Groups", shows: "table.list tbody tr" },
  {
    name: "a group",
    route: "/configure/groups/{group}",
    path: listed("/configure/groups", "Night shift"),
    as: "Super admin",
    heading: "Night shift",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "new group",
    route: "/configure/groups/new",
    as: "Super admin",
    heading: "New group",
    shows: "form[action='/configure/groups/new']",
  },
  { name: "companies", route: "/configure/companies", as: "Super admin", heading: "Companies", shows: "table.list tbody tr" },
  {
    name: "a company",
    route: "/configure/companies/{company}",
    path: listed("/configure/companies", "Aldermoor Bakery"),
    as: "Super admin",
    heading: "Aldermoor Bakery",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "new company",
    route: "/configure/companies/new",
    as: "Super admin",
    heading: "New company",
    shows: "form[action='/configure/companies/new']",
  },
  { name: "registration", route: "/configure/registration", as: "Super admin", heading: "Registration", shows: ".choices label" },
  { name: "account", route: "/configure/account", as: "Super admin", heading: "Account", shows: ".facts dd" },
  { name: "tokens", route: "/configure/tokens", as: "Super admin", heading: "Tokens", shows: "table.list tbody tr" },
  {
    name: "new token",
    route: "/configure/tokens/new",
    as: "Super admin",
    heading: "New token",
    shows: "form[action='/configure/tokens/new']",
  },
  { name: "connections", route: "/configure/connections", as: "Super admin", heading: "Connections", shows: "table.list tbody tr" },
  {
    name: "a connection",
    route: "/configure/connections/{connection}",
    path: listed("/configure/connections", "Monitoring"),
    as: "Super admin",
    heading: "Monitoring",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "a connection of a provider",
    route: "/configure/connections/{connection}",
    path: async (client, house) => (await provide(house, "Staff sign-in")).page,
    as: "Super admin",
    heading: "Staff sign-in",
    shows: "table.list tbody tr",
  },
  {
    name: "a connection of a directory",
    route: "/configure/connections/{connection}",
    path: async (client, house) => directory(house),
    as: "Super admin",
    heading: "Staff directory",
    shows: "#speaks-to",
  },
  {
    name: "mappings",
    route: "/configure/connections/{connection}/mappings",
    path: async (client, house) => `${(await provide(house, "Staff sign-in")).page}/mappings`,
    as: "Super admin",
    heading: "Staff sign-in",
    shows: "table.list tbody tr",
  },
  {
    name: "mappings, draft",
    route: "/configure/connections/{connection}/mappings",
    path: async (client, house) => `${(await provide(house, "Second sign-in")).page}/mappings`,
    as: "Super admin",
    heading: "Second sign-in",
    shows: "table.list tbody tr",
    steps: async (page) => {
      if (await page.locator(".savebar").count()) return;
      await page.getByRole("button", { name: /^Down/ }).click();
      await page.getByRole("button", { name: /^Remove.*User access/ }).click();
      await page.locator(".savebar").waitFor();
    },
  },
  {
    name: "mappings, review",
    route: "/configure/connections/{connection}/mappings",
    path: async (client, house) => `${(await provide(house, "Third sign-in")).page}/mappings`,
    as: "Super admin",
    heading: "Save the mappings of Third sign-in?",
    shows: ".effect li",
    steps: async (page) => {
      if (!(await page.locator(".savebar").count())) await page.getByRole("button", { name: /^Remove.*User access/ }).click();
      await page.getByRole("button", { name: "Review changes…" }).click();
      await page.locator(".review").waitFor();
    },
  },
  {
    name: "mappings, not added",
    route: "/configure/connections/{connection}/mappings",
    path: async (client, house) => `${(await provide(house, "Staff sign-in")).page}/mappings`,
    as: "Super admin",
    heading: "Staff sign-in",
    shows: "table.list tbody tr",
    steps: async (page) => {
      await page.getByLabel("Whoever is in the group").selectOption({ label: "Service desk staff" });
      await page.getByLabel("gets", { exact: true }).selectOption({ label: "Agent of a queue" });
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.getByRole("alert").getByText("Name the queue.").waitFor();
    },
  },
  {
    name: "groups of a provider",
    route: "/configure/connections/{connection}/groups",
    path: async (client, house) => `${(await provide(house, "Staff sign-in")).page}/groups`,
    as: "Super admin",
    heading: "Staff sign-in",
    shows: "table.list tbody tr",
  },
  {
    name: "a group of a provider",
    route: "/configure/provider-groups/{provider_group}",
    path: async (client, house) => (await provide(house, "Staff sign-in")).staff,
    as: "Super admin",
    heading: "Service desk staff",
    shows: "ul.held li",
  },
  {
    name: "log of a directory",
    route: "/configure/connections/{connection}/log",
    path: async (client, house) => `${await directory(house)}/log`,
    as: "Super admin",
    heading: "Staff directory",
    shows: "table.list tbody tr",
  },
  {
    name: "first sync",
    route: "/configure/connections/{connection}/first-sync",
    path: async (client, house) => `${await directory(house)}/first-sync`,
    as: "Super admin",
    heading: "Staff directory",
    shows: "#pasted",
  },
  {
    name: "first sync, tried",
    route: "/configure/connections/{connection}/first-sync",
    path: async (client, house) => `${await directory(house)}/first-sync`,
    as: "Super admin",
    heading: "Staff directory",
    shows: "#pasted",
    steps: async (page) => {
      await page.getByLabel("Or paste it").fill(BROUGHT);
      await page.getByRole("button", { name: "Try", exact: true }).click();
      await page.getByText("Nothing was written.").waitFor();
    },
    plainly: (client, page) => client.bring(page, "form[enctype]", "users.json", BROUGHT),
  },
  {
    name: "person, what came from providers",
    route: "/people/{person}/products",
    path: async (client, house) => `${(await provide(house, "Staff sign-in")).person}/products`,
    as: "Super admin",
    heading: "Ines of Staff sign-in",
    shows: "[aria-labelledby='s-mapped']",
  },
  {
    name: "new connection",
    route: "/configure/connections/new",
    as: "Super admin",
    heading: "New connection",
    shows: "form[action='/configure/connections/new']",
  },
  {
    name: "new token of a connection",
    route: "/configure/connections/{connection}/tokens/new",
    path: listed("/configure/connections", "Monitoring", "/tokens/new"),
    as: "Super admin",
    heading: "New token",
    shows: "main form",
  },
  {
    name: "sign-in providers",
    route: "/configure/sign-in-providers",
    path: async (client, house) => ((await signInProvider(house, "Realm of the staff")), "/configure/sign-in-providers"),
    as: "Super admin",
    heading: "Sign-in providers",
    shows: "table.list tbody tr",
  },
  {
    name: "a sign-in provider",
    route: "/configure/connections/{connection}/sign-in",
    path: (client, house) => signInProvider(house, "Realm of the staff"),
    as: "Super admin",
    heading: "Realm of the staff",
    shows: ".facts dd",
  },
  {
    name: "a sign-in provider that is not set up",
    route: "/configure/connections/{connection}/sign-in",
    path: async (client, house) => `${(await provide(house, "Staff sign-in")).page}/sign-in`,
    as: "Super admin",
    heading: "Staff sign-in",
    shows: "#issuer",
  },
  {
    name: "a sign-in provider, review",
    route: "/configure/connections/{connection}/sign-in",
    path: (client, house) => signInProvider(house, "Realm of the staff"),
    as: "Super admin",
    heading: "Change how people come in by Realm of the staff?",
    shows: ".effect",
    steps: async (page) => {
      await page.getByLabel("Client id").fill("rolecall-desk");
      await page.getByRole("button", { name: "Review…" }).last().click();
      await page.getByRole("heading", { name: /^Change how/ }).waitFor();
    },
  },
  {
    name: "webhooks",
    route: "/configure/webhooks",
    path: async (client, house) => ((await hooked(house)), WEBHOOKS),
    as: "Super admin",
    heading: "Webhooks",
    shows: "table.list tbody tr",
  },
  {
    name: "a webhook",
    route: "/configure/webhooks/{subscription}",
    path: async (client, house) => `${WEBHOOKS}/${await hooked(house)}`,
    as: "Super admin",
    heading: "Mirror of people",
    shows: "fieldset.choices details",
  },
  {
    name: "new webhook",
    route: "/configure/webhooks/new",
    path: async (client, house) => ((await hooked(house)), `${WEBHOOKS}/new`),
    as: "Super admin",
    heading: "New webhook",
    shows: "form[action='/configure/webhooks/new'] details",
  },
  { name: "licences", route: "/billing/licences", as: "Super admin", heading: "Licences", shows: "table.list tbody tr" },
  {
    name: "a licence",
    route: "/billing/licences/{licence}",
    path: listed("/billing/licences", "Remote support licence"),
    as: "Super admin",
    heading: "Remote support licence",
    shows: "table.list tbody tr, .empty",
  },
  { name: "billing contact", route: "/billing/contact", as: "Super admin", heading: "Billing contact", shows: ".facts dd, .empty" },
  {
    name: "roles",
    route: "/access/roles",
    as: "Super admin",
    heading: "Roles",
    shows: "table.list tbody tr",
  },
  {
    name: "new role",
    route: "/access/roles/new",
    as: "Super admin",
    heading: "New role",
    shows: ".tree li",
  },
  {
    name: "role",
    route: "/access/roles/{role}",
    path: listed(ROLES, "Team lead"),
    as: "Super admin",
    heading: "Team lead",
    shows: ".tree li",
  },
  {
    name: "system role",
    route: "/access/roles/{role}",
    path: listed(ROLES, "Admin"),
    as: "Super admin",
    heading: "Admin",
    shows: ".tree li",
  },
  {
    name: "holders of a role",
    route: "/access/roles/{role}/holders",
    path: listed(ROLES, "Team lead", "/holders"),
    as: "Super admin",
    heading: "Team lead",
    shows: "table.list tbody tr",
  },
  {
    name: "settings of a role",
    route: "/access/roles/{role}/settings",
    path: listed(ROLES, "Team lead", "/settings"),
    as: "Super admin",
    heading: "Team lead",
    shows: "form[method='post']",
  },
  {
    name: "end of a role",
    route: "/access/roles/{role}/delete",
    path: listed(ROLES, "Team lead", "/delete"),
    as: "Super admin",
    heading: "Delete Team lead",
    shows: ".picker",
  },
  {
    name: "user groups",
    route: "/people/user-groups",
    as: "Super admin",
    heading: "User groups",
    shows: "table.list tbody tr",
  },
  {
    name: "new user group",
    route: "/people/user-groups/new",
    as: "Super admin",
    heading: "New user group",
    shows: "input",
  },
  {
    name: "user group",
    route: "/people/user-groups/{user_group}",
    path: listed(USER_GROUPS, "North region"),
    as: "Super admin",
    heading: "North region",
    shows: "table.list tbody tr",
  },
  {
    name: "groups below a user group",
    route: "/people/user-groups/{user_group}/below",
    path: listed(USER_GROUPS, "North region", "/below"),
    as: "Super admin",
    heading: "North region",
    shows: "table.list tbody tr",
  },
  {
    name: "management of a user group",
    route: "/people/user-groups/{user_group}/management",
    path: listed(USER_GROUPS, "Lisbon office", "/management"),
    as: "Super admin",
    heading: "Lisbon office",
    shows: "table.list tbody tr",
  },
  {
    name: "settings of a user group",
    route: "/people/user-groups/{user_group}/settings",
    path: listed(USER_GROUPS, "North region", "/settings"),
    as: "Super admin",
    heading: "North region",
    shows: ".picker",
  },
  {
    name: "device groups",
    route: "/remote-support/device-groups",
    as: "Super admin",
    heading: "Device groups",
    shows: "table.list tbody tr",
  },
  {
    name: "new device group",
    route: "/remote-support/device-groups/new",
    as: "Super admin",
    heading: "New device group",
    shows: "input",
  },
  {
    name: "device group",
    route: "/remote-support/device-groups/{device_group}",
    path: listed(DEVICE_GROUPS, TILLS),
    as: "Super admin",
    heading: "Point-of-sale terminals",
    shows: "table.list tbody tr",
  },
  {
    name: "new device",
    route: "/remote-support/device-groups/{device_group}/devices/new",
    path: listed(DEVICE_GROUPS, TILLS, "/devices/new"),
    as: "Super admin",
    heading: "New device",
    shows: "input",
  },
  {
    name: "agents of a device group",
    route: "/remote-support/device-groups/{device_group}/agents",
    path: listed(DEVICE_GROUPS, TILLS, "/agents"),
    as: "Super admin",
    heading: "Point-of-sale terminals",
    shows: "table.list tbody tr, .empty",
  },
  {
    name: "settings of a device group",
    route: "/remote-support/device-groups/{device_group}/settings",
    path: listed(DEVICE_GROUPS, TILLS, "/settings"),
    as: "Super admin",
    heading: "Point-of-sale terminals",
    shows: "form[method='post']",
  },
  {
    name: "device",
    route: "/remote-support/devices/{device}",
    path: async (client) => {
      const group = await listed(DEVICE_GROUPS, TILLS)(client);
      const page = await client.get(group);
      return page.root.all("table.list tbody th a")[0].get("href");
    },
    as: "Super admin",
    heading: /^host-\d+$/,
    shows: ".picker",
  },
  { name: "mailbox", route: "/demo/mailbox", heading: "Mailbox of the demonstration", shows: ".empty, table.list tbody tr" },
  { name: "reference of the API", route: "/api/docs", heading: "The API", shows: "table.operations tbody tr" },
  { name: "reference of the API, what was found", route: "/api/docs", path: "/api/docs?find=put+group+name", heading: "The API", shows: "table.operations tbody tr" },
  { name: "reference of the API, of groups", route: "/api/docs/{group}", path: "/api/docs/groups", heading: "Groups", shows: "table.list tbody tr" },
  {
    name: "company, its card",
    route: "/service-desk/companies/{company}",
    path: async (client) => {
      const company = await listed("/configure/companies", "Aldermoor Bakery")(client);
      return company.replace("/configure/", "/service-desk/");
    },
    as: "Super admin",
    heading: "Aldermoor Bakery",
    shows: "#s-open",
  },
  { name: "my work", route: "/service-desk/my-work", as: "Super admin", heading: "My work", shows: "#list nav a" },
  { name: "records", route: "/service-desk/records", as: "Super admin", heading: "Records", shows: "table.list tbody tr" },
  {
    name: "record",
    route: "/service-desk/records/{record}",
    path: listed("/service-desk/records", QUIET),
    as: "Super admin",
    heading: QUIET,
    shows: ".facts dd",
  },
  {
    name: "move a record",
    route: "/service-desk/records/{record}/move",
    path: listed("/service-desk/records", QUIET, "/move"),
    as: "Super admin",
    heading: "Move to another service",
    shows: ".empty",
  },
  {
    name: "merge a record",
    route: "/service-desk/records/{record}/merge",
    path: listed("/service-desk/records", QUIET, "/merge"),
    as: "Super admin",
    heading: "Merge into another record",
    shows: "#into",
  },
  {
    name: "merge a record, into nothing that is there",
    route: "/service-desk/records/{record}/merge",
    path: listed("/service-desk/records", QUIET, "/merge?into=999999"),
    as: "Super admin",
    heading: "Merge into another record",
    shows: "[role='alert']",
  },
  {
    name: "presets of a service",
    route: "/configure/services/{service}/presets",
    path: service("Payroll", "/presets"),
    as: "Super admin",
    heading: "Payroll: presets",
    shows: "#s-categories",
  },
  { name: "queries", route: "/service-desk/queries", as: "Super admin", heading: "Queries", shows: "table.list tbody tr" },
  {
    name: "query",
    route: "/service-desk/queries/{query}",
    path: listed("/service-desk/queries", "Rename, share or delete: Late and urgent"),
    as: "Super admin",
    heading: "Late and urgent",
    shows: "#s-share",
  },
  {
    name: "records of a query",
    route: "/service-desk/records",
    path: listed("/service-desk/queries", "Late and urgent"),
    as: "Super admin",
    heading: "Late and urgent",
    shows: "nav.tabs a",
  },
  { name: "reports", route: "/service-desk/reports", as: "Super admin", heading: "Reports", shows: "table.list tbody tr" },
  { name: "new record", route: "/service-desk/records/new", as: "Super admin", heading: "New record", shows: "#service" },
  { name: "mass actions", route: "/service-desk/mass-actions", as: ANA, heading: "Mass actions", shows: ".empty, table.list" },
  {
    name: "new mass action",
    route: "/service-desk/mass-actions/new",
    path: changed,
    as: ANA,
    heading: "Change all records of a list",
    shows: ".picker",
  },
  {
    name: "mass action",
    route: "/service-desk/mass-actions/{action}",
    path: async (client) => (await client.send(await client.get(await changed(client)), "form.narrow", { priority: "5" })).path,
    as: ANA,
    heading: "Mass action",
    shows: "table.list tbody tr",
  },
  {
    name: "new record, of a service",
    route: "/service-desk/records/new",
    path: async (client) => {
      const id = (await service("Payroll")(client)).split("/").at(-1);
      return `/service-desk/records/new?service=${id}&kind=incident`;
    },
    as: "Super admin",
    heading: "New incident",
    shows: ".picker",
  },
  { name: "portal", route: "/portal", as: "Company Admin", heading: "Hello, Ruth Oyelaran", shows: ".doors .first" },
  { name: "portal of a customer", route: "/portal", as: "Customer", heading: "Hello, Jonas Brandt", shows: ".records li" },
  { name: "portal, my incidents", route: "/portal/incidents", as: "Customer", heading: "My incidents", shows: ".records li" },
  {
    name: "portal, incidents of the company",
    route: "/portal/company",
    as: "Company Admin",
    heading: /’s incidents$/,
    shows: ".records li",
  },
  { name: "portal, what is done", route: "/portal/incidents", path: "/portal/incidents?state=done", as: "Customer", heading: "My incidents", shows: ".records li" },
  {
    name: "portal, an incident that waits",
    route: "/portal/incidents/{record}",
    path: logged(OVERTIME),
    as: "Customer",
    heading: OVERTIME,
    shows: ".said",
  },
  {
    name: "portal, an incident that is closed",
    route: "/portal/incidents/{record}",
    path: logged(STATEMENT, "?state=done"),
    as: "Customer",
    heading: STATEMENT,
    shows: "#why",
  },
  { name: "portal, log an incident", route: "/portal/new", as: "Customer", heading: "Log an incident", shows: "#service" },
  { name: "portal, my settings", route: "/account", as: "Customer", heading: "My settings", shows: ".held li" },
  { name: "configure, portal", route: "/configure/portal", as: "Super admin", heading: "Portal", shows: "#colour" },
  { name: "services", route: "/configure/services", as: "Super admin", heading: "Services", shows: "table.list tbody tr" },
  {
    name: "new service",
    route: "/configure/services/new",
    as: "Super admin",
    heading: "New service",
    shows: "form[action='/configure/services/new']",
  },
  {
    name: "settings of a service",
    route: "/configure/services/{service}/settings",
    path: service("Payroll", "/settings"),
    as: "Super admin",
    heading: "Payroll: settings",
    shows: "section form",
  },
  {
    name: "mail of a service",
    route: "/configure/services/{service}/mail",
    path: service("Payroll", "/mail"),
    as: "Super admin",
    heading: "Payroll: mail",
    shows: "#addresses",
  },
  {
    name: "mail of a service, review",
    route: "/configure/services/{service}/mail",
    path: service("Payroll", "/mail"),
    as: "Super admin",
    heading: "Payroll: mail",
    shows: ".notice li",
    steps: async (page) => {
      await page.getByLabel("Addresses of Payroll").fill("payroll@example.org");
      await page.getByRole("button", { name: "Review" }).click();
      await page.getByRole("button", { name: "Save the addresses" }).waitFor();
    },
  },
  {
    name: "targets of a service",
    route: "/configure/services/{service}/targets",
    path: service("Payroll", "/targets"),
    as: "Super admin",
    heading: "Payroll: targets",
    shows: "table.list tbody tr",
  },
  {
    name: "targets of a service, refused",
    route: "/configure/services/{service}/targets",
    path: service("Payroll", "/targets"),
    as: "Super admin",
    heading: "Payroll: targets",
    shows: "[role='alert']",
    steps: async (page) => {
      await page.getByLabel("Monday").fill("22:00–06:00");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("alert").waitFor();
    },
  },
  {
    name: "service people, review",
    route: "/configure/services/{service}",
    path: service("Payroll"),
    as: "Super admin",
    heading: "Save 2 changes to Payroll?",
    shows: ".effect li",
    steps: async (page) => {
      await choose(page);
      await page.getByRole("button", { name: "Review changes…" }).click();
      await page.getByRole("heading", { name: /^Save 2 changes/ }).waitFor();
    },
  },
  { name: "users of a service", route: "/configure/services/{service}", path: service("Payroll"), ...PAYROLL },
  { name: "groups of a service", route: "/configure/services/{service}/groups", path: service("Payroll", "/groups"), ...PAYROLL },
  {
    name: "customers of a service",
    route: "/configure/services/{service}/customers",
    path: service("Payroll", "/customers"),
    ...PAYROLL,
  },
  {
    name: "companies of a service",
    route: "/configure/services/{service}/companies",
    path: service("Payroll", "/companies"),
    ...PAYROLL,
  },
  {
    name: "mail of the demonstration",
    route: "/demo/mailbox/{mail}",
    path: async (client) => {
      const door = await client.get("/forgot-password");
      await client.send(door, "form[action='/forgot-password']", { email: "dag.ruiz8@meridian-it.example" });
      // The mail is on its way.
      for (let tries = 0; tries < 50; tries++) {
        const mails = (await client.get("/demo/mailbox")).root.all("table.list tbody th a");
        const mail = mails.find((one) => one.text.includes("Choose a new password"));
        if (mail) return mail.get("href");
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      throw new Error("no mail came");
    },
    heading: "Choose a new password",
    shows: "article pre",
  },
  { name: "nothing here in the portal", path: "/nothing-here", as: "Customer", status: 404, heading: "Nothing here", shows: ".notice" },
  { name: "nothing here", path: "/nothing-here", status: 404, heading: "Nothing here", shows: ".notice" },
];

/** An incident that came by mail, with what was said to it since. */
const mailed = async (client, house) => {
  const [title, jonas] = ["No payslip since I changed departments", house.address("Customer")];
  const addresses = await client.get(await service("Payroll", "/mail")(client));
  const review = await client.send(addresses, "form.narrow", { addresses: "payroll@meridian-it.example" });
  await client.send(review, "form.narrow");
  const text = "The last one came in September.\nI moved to the warehouse on the first of October.";
  const mail = `From: Jonas Brandt <${jonas}>\nSubject: ${title}\nMessage-ID: <1@mail.example>\n\n${text}\n`;
  await house.mail(jonas, "payroll@meridian-it.example", mail);
  const path = await listed("/service-desk/records", title)(client);
  const notes = `/api/v1/service-desk/records/${path.split("/").at(-1)}/notes`;
  await house.api("POST", notes, { text: "From which department did you come, please?", is_public: true });
  await house.api("POST", notes, { text: "The warehouse is paid by another branch: ask them whether they have him." });
  return path;
};

/**
 * What is pictured beside the pages: the bar of unsaved changes covers half a row wherever it stands, which the audit takes for a fault; and an
 * incident that comes by mail, which would stand in other pages' lists.
 */
export const pictured = [
  {
    name: "service people, draft",
    route: "/configure/services/{service}",
    path: service("Payroll"),
    ...PAYROLL,
    steps: choose,
  },
  {
    name: "record that came by mail",
    route: "/service-desk/records/{record}",
    path: mailed,
    as: "Super admin",
    heading: "No payslip since I changed departments",
    shows: "article.said",
  },
];
