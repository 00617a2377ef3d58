// What hangs on a record: who follows it, its tags, files, and other records; a record in another service, and two that become one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { newIncident, openIncident } from "../lib/parts.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const main = (page) => page.locator("main");
const part = (page, name) => page.getByRole("region", { name, exact: true });
const said = (page, text) => page.getByRole("status").getByText(text).waitFor();

/** Opens an incident of Payroll with this title, stays on its page, and tells its number. */
async function incident(page, title) {
  await newIncident(page, title);
  await openIncident(page);
  return (await main(page).innerText()).match(/Incident (\d+) of/)[1];
}

/** Whoever is signed in works on every service from now on. */
async function worksEverywhere(page) {
  const done = await page.evaluate(async () => {
    const { subject } = await (await fetch("/api/v1/me")).json();
    const { items } = await (await fetch("/api/v1/services")).json();
    const headers = { "content-type": "application/json" };
    const give = ({ id }) => fetch(`/api/v1/services/${id}/users/${subject}`, { method: "PUT", headers, body: '{"level":"user"}' });
    return Promise.all(items.map(async (service) => (await give(service)).status));
  });
  assert.ok(done.filter((status) => status === 200).length > 1, `${done}`);
}

test("SD-38: a record is followed, by oneself and by a colleague with access, and the history says so", async () => {
  const page = await open(browser, house, "Super admin");
  await incident(page, "Followed");
  await page.getByRole("button", { name: "Follow it", exact: true }).click();
  await said(page, "You follow it.");
  await page.getByLabel("Name of a user", { exact: true }).pressSequentially("Bo Ach");
  await page.getByRole("option", { name: /Bo Achterberg/ }).click();
  await page.getByRole("button", { name: "Let them follow it" }).click();
  await said(page, "They follow it.");
  assert.match(await part(page, "At a glance").innerText(), /Followed by[\s\S]*Bo Achterberg\s+Priority/);
  await page.getByRole("button", { name: /^Remove\s*: Bo Achterberg/ }).click();
  await said(page, "They follow it no more.");
  assert.match(await part(page, "History").innerText(), /Bo Achterberg follows it no more/);
  // Whoever has no access is not offered.
  await page.getByLabel("Name of a user", { exact: true }).pressSequentially(house.address("Admin").split(".")[0]);
  await page.getByText("Nothing found").waitFor({ state: "attached" });
});

test("tags that others have are offered while one types, behind those that stand there", async () => {
  const page = await open(browser, house, "Super admin");
  await incident(page, "Tagged");
  const field = page.getByLabel("Tags, with commas between them");
  await field.fill("Printer, floor 3");
  await page.getByRole("button", { name: "Save the tags" }).click();
  await said(page, "Saved.");
  await incident(page, "Tagged, too");
  const offered = page.waitForResponse("**/service-desk/tags/hits");
  await field.pressSequentially("sound, pri");
  await offered;
  await page.locator('#tag-hits option[value="sound, printer"]').waitFor({ state: "attached" });
  await field.fill("sound, printer");
  await page.getByRole("button", { name: "Save the tags" }).click();
  await said(page, "Saved.");
  assert.match(await part(page, "At a glance").innerText(), /Tags\s+sound\s+printer/);
});

test("SD-5: records are linked by number, and a number of nothing that one sees is none", async () => {
  const page = await open(browser, house, "Super admin");
  const number = await incident(page, "The cause of it");
  await incident(page, "What it causes");
  await page.getByLabel("It", { exact: true }).selectOption({ label: "is caused by" });
  await page.getByLabel("record number").fill("999999");
  await page.getByRole("button", { name: "Link them" }).click();
  await page.getByText("No record that you see has this number.").waitFor();
  await page.getByLabel("record number").fill(`#${number}`);
  await page.getByRole("button", { name: "Link them" }).click();
  await said(page, "Linked.");
  await part(page, "Other records").getByRole("link", { name: "The cause of it" }).click();
  await page.getByRole("heading", { level: 1, name: "The cause of it" }).waitFor();
  assert.match(await part(page, "Other records").innerText(), /It causes What it causes/);
  await page.getByRole("button", { name: /^Take away\s*: causes incident/ }).click();
  await said(page, "Taken away.");
  assert.match(await part(page, "Other records").innerText(), /None yet/);
});

test("SD-5: while somebody types, a record of a service that they lost is not named beside it any more", async () => {
  const page = await open(browser, house, "Super admin");
  const me = (await house.api("GET", "/api/v1/me")).subject;
  const { items } = await house.api("GET", "/api/v1/services");
  const network = `/api/v1/services/${items.find((one) => one.name === "Network").id}/users/${me}`;
  await house.api("PUT", network, { level: "user" });
  await newIncident(page, "The router of it", "Network");
  await openIncident(page);
  const number = (await main(page).innerText()).match(/Incident (\d+) of/)[1];
  await incident(page, "Linked to a router");
  await page.getByLabel("record number").fill(number);
  await page.getByRole("button", { name: "Link them" }).click();
  await said(page, "Linked.");
  await page.getByLabel("Note", { exact: true }).fill("I am still typing");
  await page.getByLabel("record number").fill("12");
  await house.api("DELETE", network);
  await page.getByText("The router of it").first().waitFor({ state: "detached", timeout: 5000 });
  assert.doesNotMatch(await main(page).innerText(), /The router of it/);
  assert.equal(await page.getByLabel("Note", { exact: true }).inputValue(), "I am still typing");
  assert.equal(await page.getByLabel("record number").inputValue(), "12");
});

test("SD-32: a file is attached, downloaded to the byte under its name, and taken away", async () => {
  const page = await open(browser, house, "Super admin");
  await incident(page, "With a file");
  const buffer = Buffer.from("<script>document.title = 'run'</script>");
  await page.getByLabel("File, up to 25 MB").setInputFiles({ name: "Größe.html", mimeType: "text/html", buffer });
  await page.getByRole("button", { name: "Attach the file" }).click();
  await said(page, "Attached.");
  assert.match(await part(page, "Attachments").innerText(), /Größe\.html\s+39 bytes · internal/);
  const coming = page.waitForEvent("download");
  await part(page, "Attachments").getByRole("link", { name: "Größe.html" }).click();
  const file = await coming;
  assert.equal(file.suggestedFilename(), "Größe.html");
  assert.deepEqual(await readFile(await file.path()), buffer);
  assert.match(await page.title(), /With a file/, "it is kept, and not opened");
  await page.getByRole("button", { name: /^Take away\s*: Größe\.html/ }).click();
  await said(page, "The file is taken away.");
  assert.match(await part(page, "Attachments").innerText(), /None yet/);
});

test("SD-38: what a move does is shown before it is done", async () => {
  const page = await open(browser, house, "Super admin");
  await page.goto("/");
  await worksEverywhere(page);
  const number = await incident(page, "On its way");
  const record = page.url();
  await page.getByRole("link", { name: "Move to another service…" }).click();
  await page.getByRole("button", { name: "Look at what it does" }).click();
  await part(page, "What it does").getByText(/It moves to/).waitFor();
  await page.getByRole("button", { name: "Move it", exact: true }).click();
  await said(page, "Moved.");
  assert.equal(page.url(), record);
  assert.match(await main(page).innerText(), new RegExp(`Incident ${number} of`));
  assert.match(await part(page, "History").innerText(), /Moved: Payroll → /);
});

test("SD-38: two records become one, and the duplicate is closed and leads to the other", async () => {
  const page = await open(browser, house, "Super admin");
  const number = await incident(page, "The one that stays");
  await incident(page, "The duplicate");
  const record = page.url();
  await page.getByLabel("Note", { exact: true }).fill("Said twice.");
  await page.getByRole("button", { name: "Add the note" }).click();
  await said(page, "Noted.");
  await page.getByRole("link", { name: "Merge into another record…" }).click();
  await page.getByLabel(/^Number of the incident/).fill(number);
  await page.getByRole("button", { name: "Look at what it does" }).click();
  assert.match(await part(page, "What it does").innerText(), /one note and no file/);
  await page.getByRole("button", { name: "Merge them" }).click();
  await said(page, "Merged.");
  await page.getByRole("heading", { level: 1, name: "The one that stays" }).waitFor();
  assert.match(await part(page, "Notes").innerText(), /Said twice\./);
  await page.goto(record);
  assert.match(await main(page).innerText(), /Closed: Duplicate/);
  assert.match(await part(page, "Other records").innerText(), /It was merged into The one that stays/);
});
