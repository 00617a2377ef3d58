// An incident that came by mail, worked to its closing by a service administrator, a user of one of two services, and a Company Admin in the
// portal: each sees what the rule book says, and nothing else. Then rights end while pages are open, and what they showed is gone.
import assert from "node:assert/strict";
import { test } from "node:test";

import { audit, listen } from "../lib/audit.mjs";
import { LOOKS, open } from "../lib/chromium.mjs";
import { button, heading, main, pick } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

/** She administers Payroll in the demonstration, and he is a user of it. */
const ANA = "ana.lindqvist5@meridian-it.example";
const DAG = { name: "Dag Ruiz", email: await addressOf("Dag Ruiz") };
const JONAS = house.address("Customer");
const PAYROLL = "payroll@example.org";
const NETWORK = "network@example.org";

const OURS = "The payslip of October is empty";
const THEIRS = "The router in Ghent restarts at night";
const INTERNAL = "He is on leave: do not call him";
const ANSWER = "Which of the two payslips is it?";
const BY_PORTAL = "It is the same for all of us";
const BY_MAIL = "The second one";
const UNSENT = "Typed, and never sent";
/** AD-28: what ended is gone from the screen so soon. */
const GONE_MS = 1000;

const part = (page, name) => page.getByRole("region", { name, exact: true });
const said = (page, words) => page.getByRole("status").getByText(words).waitFor();
const everything = async (page) => `${await page.title()} ${await page.locator("body").innerText()}`;
const status = async (page, path) => (await page.request.get(path)).status();

/** Whoever is found by a name in the demonstration. */
async function person(name) {
  const { items } = await house.api("POST", "/api/v1/people/search", { q: name });
  return items.find((one) => one.name === name);
}

async function addressOf(name) {
  return (await person(name)).email;
}

/** The service's mails come at this address. */
async function takesMails(name, address) {
  const page = await open(browser, house, "Super admin");
  await page.goto("/configure/services");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("link", { name: "Mail", exact: true }).click();
  await page.getByLabel(`Addresses of ${name}`).fill(address);
  await button(page, "Review").click();
  await button(page, "Save the addresses").click();
  await said(page, "Saved.");
  await page.context().close();
}

/** Somebody is a user of Payroll, and of nothing else. */
async function worksOnPayrollAlone(who) {
  const { id } = await person(who.name);
  const active = async (list) => (await house.api("GET", list)).items.filter((one) => one.life === "active");
  for (const group of await active("/api/v1/groups")) await house.api("DELETE", `/api/v1/groups/${group.id}/members/${id}`);
  for (const service of await active("/api/v1/services")) {
    if (service.name !== "Payroll") await house.api("DELETE", `/api/v1/services/${service.id}/users/${id}`);
  }
}

/** A mail as somebody's program writes it. */
const letter = (from, subject, text, id) =>
  [`From: ${from}`, `To: ${PAYROLL}`, `Subject: ${subject}`, `Message-ID: <${id}@mail.example>`, "Date: Thu, 26 Nov 2026 10:00:00 +0000", "", text, ""].join("\n");

/** The newest mail to an address that says this; what stands on its page. */
async function mailed(address, words) {
  const page = await open(browser, house);
  const mails = page.getByRole("row").filter({ hasText: address }).getByRole("link");
  for (let tries = 0; tries < 200; tries++) {
    await page.goto("/demo/mailbox");
    for (const at of await mails.evaluateAll((links) => links.map((link) => link.href))) {
      await page.goto(at);
      const text = await main(page);
      if (words.test(text)) {
        await page.context().close();
        return text;
      }
    }
  }
  throw new Error(`no mail to ${address} says ${words}`);
}

/** Nothing to complain of, wide and light, and on a phone in the dark. */
async function clean(page, heard, what) {
  for (const { viewport, colorScheme } of [...LOOKS].reverse()) {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await audit(page, heard, what);
  }
}

async function enters(who) {
  const page = await open(browser, house, who);
  return { page, heard: listen(page) };
}

/** From an answer of the server on, how long it takes until nothing of these words is on a page. */
async function gone(page, words, since) {
  await page.waitForFunction((words) => !words.some((one) => `${document.title} ${document.body?.innerText}`.includes(one)), words, { polling: 20 });
  return Date.now() - (await since);
}

let ours, theirs, others, number, mayReplyTo;
const ana = await enters(ANA);
const dag = await enters(DAG.email);
const ruth = await enters("Company Admin");
let isBroken = false;
/** Each goes on where the one before it ended. */
const step = (name, walk) =>
  test(name, async () => {
    assert.ok(!isBroken, "a step before it failed");
    isBroken = true;
    await walk();
    isBroken = false;
  });
const record = (id) => `/service-desk/records/${id}`;
const incident = (id) => `/portal/incidents/${id}`;

step("SD-37: a mail opens an incident of its service, and whoever works on another service hears nothing", async () => {
  await takesMails("Payroll", PAYROLL);
  await takesMails("Network", NETWORK);
  await worksOnPayrollAlone(DAG);
  const { page, heard } = dag;
  await page.goto("/service-desk/records");
  assert.deepEqual(await page.getByLabel("Service", { exact: true }).locator("option").allInnerTexts(), ["Service: every service", "Payroll"]);
  // What was made a moment before a stream begins is told, too.
  const { items: present } = await (await page.request.get("/api/v1/service-desk/records?page_size=500")).json();
  const there = present.map((one) => one.id);
  await page.evaluate(() => {
    globalThis.told = [];
    new EventSource("/service-desk/live").addEventListener("record", ({ data }) => globalThis.told.push(data));
  });
  assert.match(await house.mail("ann@elsewhere.example", NETWORK, letter("ann@elsewhere.example", THEIRS, "Every night at two.", "1")), /^250/);
  assert.match(await house.mail(JONAS, PAYROLL, letter(JONAS, OURS, "The one before is right.", "2")), /^250/);
  assert.match(await house.mail(JONAS, "nobody@example.org", letter(JONAS, "Nowhere", "", "3")), /^5/);
  const link = page.getByRole("link", { name: OURS });
  await link.waitFor();
  ours = (await link.getAttribute("href")).split("/").at(-1);
  const heardOf = await page.evaluate(() => [...new Set(globalThis.told)]);
  assert.deepEqual(heardOf.filter((id) => !there.includes(id)), [ours]);
  assert.doesNotMatch(await everything(page), /router/);
  await clean(page, heard, { heading: "Records", shows: "table.list tbody tr" });
  mayReplyTo = /answers go to (\S+)/.exec(await mailed(JONAS, /answers go to/))[1];
  // What the owner sees of it: a user of Payroll, and of Network from now on.
  const [{ subject }, { items: services }] = [await house.api("GET", "/api/v1/me"), await house.api("GET", "/api/v1/services")];
  const network = services.find((one) => one.name === "Network");
  await house.api("PUT", `/api/v1/services/${network.id}/users/${subject}`, { level: "user" });
  const { items } = await house.api("GET", "/api/v1/service-desk/records?page_size=500");
  theirs = items.find((one) => one.title === THEIRS);
  const company = items.find((one) => one.id === ours).company;
  others = items.filter((one) => one.kind === "incident" && one.company && one.company !== company);
});

step("SD-3: the service administrator has all of it: who wrote it, whom it is given to, what is noted, when it is due", async () => {
  const { page, heard } = ana;
  await page.goto(record(ours));
  await heading(page, OURS);
  number = /Incident (\d+) of/.exec(await main(page))[1];
  assert.match(await part(page, "At a glance").innerText(), /Jonas Brandt\s+by mail, unverified/);
  assert.match(await part(page, "Mails").innerText(), /Opened it:\s+Jonas Brandt/);
  for (const name of ["Mark as common", "Mark as interesting"]) assert.equal(await button(page, name).count(), 1, "she administers the service");
  await page.getByLabel("Name of a user or group").fill("");
  await pick(page, "Name of a user or group", DAG.name);
  await button(page, "Save").click();
  await said(page, "Saved.");
  await page.getByLabel("Note", { exact: true }).fill(INTERNAL);
  await button(page, "Add the note").click();
  await said(page, "Noted.");
  await page.getByLabel("Day", { exact: true }).fill("2031-05-06");
  await page.getByLabel("Time", { exact: true }).fill("15:00");
  await button(page, "Set the due date").click();
  await said(page, "Saved.");
  assert.match(await part(page, "At a glance").innerText(), /2031[^]*set by hand/);
  await clean(page, heard, { heading: OURS, shows: "article.said" });
});

step("SD-5: the user of one of two services does that service's work, and finds nothing of the other one", async () => {
  const { page, heard } = dag;
  await mailed(DAG.email, new RegExp(OURS));
  await page.goto("/service-desk/my-work");
  await page.getByRole("link", { name: OURS }).waitFor();
  assert.doesNotMatch(await everything(page), /router|Network/);
  await clean(page, heard, { heading: "My work", shows: "#list nav a" });
  await page.getByRole("link", { name: OURS }).click();
  await heading(page, OURS);
  assert.match(await part(page, "Notes").innerText(), new RegExp(INTERNAL));
  assert.match(await part(page, "At a glance").innerText(), /set by hand/);
  // SD-29: due dates are for administrators of the service, as are marks.
  assert.equal(await part(page, "Due date").count() + await part(page, "More").count(), 0);

  // The other service's incident: by address, by number, by words, and as something to link or merge with.
  for (const path of [record(theirs.id), `${record(theirs.id)}/merge`, `/api/v1/service-desk/records/${theirs.id}`, `/api/v1/service-desk/records/${theirs.id}/notes`]) {
    assert.equal(await status(page, path), 404, path);
  }
  await page.getByLabel("record number").fill(String(theirs.number));
  await button(page, "Link them").click();
  await page.getByText("No record that you see has this number.").waitFor();
  for (const words of [THEIRS, String(theirs.number)]) {
    await page.goto("/service-desk/records");
    await page.getByRole("searchbox", { name: /^Search by words/ }).fill(words);
    await button(page, "Filter").click();
    await page.getByText("No record is so.").waitFor();
    assert.match(await page.locator("#count").innerText(), /^(No record|0 records)$/i);
  }
  assert.equal(await status(page, "/portal"), 403, "each facet has its own doors");

  await page.goto(record(ours));
  await page.getByLabel("Note", { exact: true }).fill(ANSWER);
  await page.getByLabel("Answer to the customer").check();
  await button(page, "Add the note").click();
  await said(page, "Answered.");
  await page.getByLabel("State", { exact: true }).selectOption({ label: "Waiting for the customer" });
  await button(page, "Save").click();
  await said(page, "Saved.");
  await clean(page, heard, { heading: OURS, shows: "article.said.public" });
});

step("SD-16, SD-32: the Company Admin has the company's incident as its customer has it, and no other company's", async () => {
  const { page, heard } = ruth;
  await page.goto("/portal/company");
  await page.locator(".records li", { hasText: OURS }).getByText("for Jonas Brandt").waitFor();
  assert.doesNotMatch(await everything(page), new RegExp(THEIRS));
  await clean(page, heard, { heading: /’s incidents$/, shows: ".records li" });
  await page.getByRole("link", { name: OURS }).click();
  await heading(page, OURS);
  const shown = await everything(page);
  for (const words of [ANSWER, "Waits for an answer", "Dag Ruiz", number]) assert.ok(shown.includes(words), words);
  for (const words of [INTERNAL, "2031", "set by hand", "Priority", "Normal", "Assigned", "unverified", "@"]) assert.ok(!shown.includes(words), words);
  await page.getByLabel("Your answer").fill(BY_PORTAL);
  await button(page, "Send the answer").click();
  await said(page, "Sent.");
  await clean(page, heard, { heading: OURS, shows: "article.said" });

  // SD-33: incidents of other companies in the same service, and of the other service; and the desk's doors.
  assert.ok(others.length > 0, "other companies have incidents there");
  for (const { id } of [...others, theirs]) assert.equal(await status(page, incident(id)), 404);
  const { items } = await (await page.request.get("/api/v1/portal/incidents?of=company&page_size=500")).json();
  assert.ok(items.some((one) => one.id === ours));
  assert.deepEqual(items.filter((one) => [...others, theirs].some(({ id }) => id === one.id)), []);
  for (const path of ["records", "my-work", "live"]) assert.equal(await status(page, `/service-desk/${path}`), 403, path);
  for (const path of ["", "/notes", "/history"]) assert.equal(await status(page, `/api/v1/service-desk/records/${ours}${path}`), 404, path);
  assert.equal(await status(page, record(ours)), 404);
});

step("SD-37: a reply by mail counts as its customer's, and nobody else's is taken", async () => {
  const reply = (from, id, text) => letter(from, `Re: ${OURS}`, text, id).replace(`To: ${PAYROLL}`, `To: ${mayReplyTo}`);
  assert.match(await house.mail("eve@elsewhere.example", mayReplyTo, reply("eve@elsewhere.example", "4", "Pay me")), /^5/);
  assert.match(await house.mail(JONAS, mayReplyTo.replace("payroll+", "payroll+0"), reply(JONAS, "5", "Pay me")), /^5/);
  assert.match(await house.mail(JONAS, mayReplyTo, reply(JONAS, "6", `${BY_MAIL}\n\n> ${ANSWER}`)), /^250/);
  const { page } = dag;
  await page.goto(record(ours));
  const notes = await part(page, "Notes").innerText();
  assert.match(notes, new RegExp(`Jonas Brandt\\s+answered by mail[^]*${BY_MAIL}`));
  assert.match(notes, new RegExp(`Ruth Oyelaran\\s+answered in the portal[^]*${BY_PORTAL}`));
  assert.doesNotMatch(notes, /Pay me/);
  await ruth.page.reload();
  assert.match(await main(ruth.page), new RegExp(BY_MAIL));
});

step("SD-3: it is closed with a reason, and its customer is told by mail", async () => {
  const { page, heard } = dag;
  await page.goto(record(ours));
  await page.getByLabel("State", { exact: true }).selectOption({ label: "Closed" });
  await page.getByLabel("Why it is closed").selectOption({ label: "Solved" });
  await button(page, "Save").click();
  await said(page, "Saved.");
  await clean(page, heard, { heading: OURS, shows: ".history li" });
  const told = await mailed(JONAS, /is closed/);
  assert.doesNotMatch(told, new RegExp(INTERNAL));
  await ruth.page.reload();
  assert.match(await main(ruth.page), /Closed: solved/);
  await clean(ruth.page, ruth.heard, { heading: OURS, shows: "article.said" });
  await ana.page.reload();
  assert.match(await part(ana.page, "History").innerText(), /Closed \(Solved\)/);
});

step("AD-28: a user's access is taken away while pages are open, and all of it is gone within a second", async () => {
  const { page } = dag;
  await page.goto(record(ours));
  await page.getByLabel("Note", { exact: true }).fill(UNSENT);
  const [list, work] = [await page.context().newPage(), await page.context().newPage()];
  await list.goto("/service-desk/records?state=done");
  await list.getByRole("link", { name: OURS }).waitFor();
  await work.goto("/service-desk/my-work");
  await heading(work, "My work");

  const admin = await open(browser, house, "Super admin");
  await admin.goto("/configure/services");
  await admin.getByRole("link", { name: "Payroll", exact: true }).click();
  const row = admin.locator("table.list tbody tr", { hasText: DAG.name });
  await row.getByRole("radio", { name: "No access", exact: true }).check();
  await button(admin, "Review changes…").click();
  const done = admin.waitForResponse((answer) => answer.request().method() === "POST");
  const since = done.then(() => Date.now());
  const words = [OURS, INTERNAL, ANSWER, BY_MAIL, UNSENT, "Payroll", "My work"];
  const ends = Promise.all([page, list, work].map((one) => gone(one, words, since)));
  await button(admin, "Save 1 change").click();
  const took = await ends;
  assert.ok(took.every((one) => one <= GONE_MS), `gone after ${took} ms`);

  assert.equal((await page.goto(record(ours))).status(), 404);
  for (const path of ["/service-desk/records", "/service-desk/my-work"]) assert.equal(await status(page, path), 403, path);
  await ana.page.reload();
  assert.doesNotMatch(await main(ana.page), new RegExp(UNSENT), "what was typed is nobody's");
  assert.match(await part(ana.page, "History").innerText(), /Dag Ruiz lost access, and is not assigned any more/);
});

step("AD-28: so it is for the Company Admin in the portal", async () => {
  const { page } = ruth;
  await page.goto(incident(ours));
  await page.getByLabel("What is still wrong").fill(UNSENT);
  const [list, home] = [await page.context().newPage(), await page.context().newPage()];
  await list.goto("/portal/company?state=done");
  await list.getByRole("link", { name: OURS }).waitFor();
  await home.goto("/portal");
  await home.getByRole("link", { name: /’s incidents/ }).waitFor();
  const { id } = await person("Ruth Oyelaran");
  const words = [OURS, ANSWER, BY_MAIL, UNSENT, "’s incidents"];
  const done = house.api("PUT", `/api/v1/people/${id}/portal-level`, { level: "standard" });
  const since = done.then(() => Date.now());
  const took = await Promise.all([page, list, home].map((one) => gone(one, words, since)));
  assert.ok(took.every((one) => one <= GONE_MS), `gone after ${took} ms`);
  assert.equal(await status(page, incident(ours)), 404);
  assert.equal(await status(page, "/portal/company"), 403);
  await ana.page.reload();
  assert.doesNotMatch(await main(ana.page), new RegExp(UNSENT));
  assert.match(await main(ana.page), /Closed: Solved/, "and nobody opened it again");
});
