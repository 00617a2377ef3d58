// The portal on a telephone: an incident from its logging to its closing, by whoever has it and by whoever answers it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { audit, listen } from "../lib/audit.mjs";
import { LOOKS, open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

/** In one hand. */
const phone = (who) => open(browser, house, who, LOOKS[1]);
const main = (page) => page.locator("main");

test("SD-14: a customer logs an incident, answers what is asked, closes it and opens it again", async () => {
  const page = await phone("Customer");
  const heard = listen(page);
  await page.goto("/");
  assert.equal(new URL(page.url()).pathname, "/portal", "whoever is served alone lands there");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Log" }).click();
  await page.getByLabel("What is it about?").selectOption({ label: "Payroll" });
  await page.getByLabel("In one line").fill("My badge opens nothing");
  await page.getByLabel("What happens, and since when?").fill("Since this morning.");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").getByText("We have it").waitFor();
  assert.match(await main(page).innerText(), /Received/);
  await audit(page, heard, { heading: "My badge opens nothing", shows: ".status" });
  const incident = new URL(page.url()).pathname;

  const desk = await open(browser, house, "Super admin");
  await desk.goto(`/service-desk/records/${incident.split("/").at(-1)}`);
  await desk.getByLabel("Note", { exact: true }).fill("Which door?");
  await desk.getByLabel("Answer to the customer").check();
  await desk.getByRole("button", { name: "Add the note" }).click();
  await desk.getByRole("status").getByText("Answered.").waitFor();
  await desk.getByLabel("Note", { exact: true }).fill("Between us");
  await desk.getByRole("button", { name: "Add the note" }).click();
  await desk.getByRole("status").getByText("Noted.").waitFor();
  await desk.getByLabel("State").selectOption({ label: "Waiting for the customer" });
  await desk.getByRole("button", { name: "Save", exact: true }).click();
  await desk.getByRole("status").getByText("Saved.").waitFor();

  await page.reload();
  const said = page.getByRole("region", { name: "What was said" });
  assert.match(await said.innerText(), /Which door\?/);
  assert.doesNotMatch(await main(page).innerText(), /Between us/, "SD-32");
  assert.match(await main(page).innerText(), /Waits for your answer/);
  await page.getByLabel("Your answer").fill("The one to the yard.");
  await page.getByRole("button", { name: "Send the answer" }).click();
  await page.getByRole("status").getByText("Sent.").waitFor();
  assert.match(await main(page).innerText(), /Being worked on/);
  await page.getByRole("button", { name: "It works: close it" }).click();
  await page.getByRole("status").getByText("Closed.").waitFor();
  assert.equal(await page.getByLabel("Your answer").count(), 0);
  await page.getByLabel("What is still wrong").fill("Not in the rain.");
  await page.getByRole("button", { name: "Open it again" }).click();
  await page.getByRole("status").getByText("Open again.").waitFor();
  await audit(page, heard, { heading: "My badge opens nothing", shows: ".said" });
  await desk.reload();
  assert.match(await main(desk).innerText(), /Not in the rain\./);
});

test("SD-16: a Company Admin answers what a colleague logged, and a customer sees none of it", async () => {
  const page = await phone("Company Admin");
  await page.goto("/portal/company");
  await page.locator(".records li", { hasText: "Jonas Brandt" }).first().getByRole("link").click();
  await page.getByLabel("Your answer").fill("It concerns all of us.");
  await page.getByRole("button", { name: "Send the answer" }).click();
  await page.getByRole("status").getByText("Sent.").waitFor();
  const customer = await phone("Customer");
  assert.equal((await customer.goto("/portal/company")).status(), 403);
  await customer.goto("/portal");
  assert.equal(await customer.getByRole("link", { name: /’s incidents/ }).count(), 0);
});

test("SD-32: a customer sends a file, and has the one that is for them and not the internal one", async () => {
  const page = await phone("Customer");
  const heard = listen(page);
  await page.goto("/portal/new");
  await page.getByLabel("What is it about?").selectOption({ label: "Payroll" });
  await page.getByLabel("In one line").fill("A stain on the screen");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").getByText("We have it").waitFor();
  const incident = page.url();
  const buffer = Buffer.from("seen from the left");
  await page.getByLabel("File, up to 25 MB").setInputFiles({ name: "a photograph of the stain, taken on Monday.txt", mimeType: "text/plain", buffer });
  await page.getByRole("button", { name: "Send the file" }).click();
  await page.getByRole("status").getByText("Sent.").waitFor();

  const desk = await open(browser, house, "Super admin");
  await desk.goto(`/service-desk/records/${incident.split("/").at(-1)}`);
  const files = desk.getByRole("region", { name: "Attachments" });
  assert.match(await files.innerText(), /a photograph of the stain[^]*for the customer/);
  for (const [to, name] of [["Staff alone", "inside.txt"], ["Visible to the customer", "answer.txt"]]) {
    await desk.getByLabel("File, up to 25 MB").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(name) });
    await files.getByLabel(to).check();
    await desk.getByRole("button", { name: "Attach the file" }).click();
    await desk.getByRole("status").getByText("Attached.").waitFor();
  }

  await page.goto(incident);
  const mine = page.getByRole("region", { name: "Files" });
  assert.match(await mine.innerText(), /answer\.txt/);
  assert.doesNotMatch(await main(page).innerText(), /inside\.txt/, "SD-32");
  const coming = page.waitForEvent("download");
  await mine.getByRole("link", { name: "answer.txt" }).click();
  assert.equal((await coming).suggestedFilename(), "answer.txt");
  await audit(page, heard, { heading: "A stain on the screen", shows: ".held li" });
});

test("a customer signs in with a link by mail, which looking at the page does not use up", async () => {
  const page = await phone();
  const heard = listen(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "with a link by mail" }).click();
  await audit(page, heard, { heading: "Sign in with a link", shows: "#email" });
  const address = house.address("Customer");
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByRole("status").getByText("Look into your mails").waitFor();
  await audit(page, heard, { heading: "Sign in with a link", shows: ".notice" });

  const desk = await open(browser, house, "Super admin");
  // Other mails may have gone there before.
  const mail = desk.getByRole("row").filter({ hasText: address }).getByRole("link", { name: "Sign in", exact: true });
  for (let tries = 0; tries < 200 && !(await mail.count()); tries++) await desk.goto("/demo/mailbox");
  await mail.first().click();
  const link = /\/sign-in\/link#\S+/.exec(await desk.locator("article").innerText())[0];

  // Programs that look through mails follow links: it still works afterwards.
  const looks = await phone();
  await looks.goto(link);
  await page.goto(link);
  assert.equal(new URL(page.url()).hash, "", "the key is out of the address at once");
  await audit(page, heard, { heading: "Sign in with your link", shows: "#link" });
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Hello, Jonas Brandt" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/portal");

  await looks.getByRole("button", { name: "Sign in" }).click();
  await looks.getByRole("alert").getByText("used, expired or unknown").waitFor();
});

test("SD-23: somebody of a company that accepts it registers, by the link that confirms the address", async () => {
  const page = await phone();
  const heard = listen(page);
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Register in the portal" }).click();
  await audit(page, heard, { heading: "Register in the portal", shows: "#email" });
  // The first company of the demonstration accepts its people.
  const domain = (await house.api("GET", "/api/v1/companies")).items.find((one) => one.accepts_registration).domains[0];
  const address = `nina.new@${domain}`;
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByRole("status").getByText("Look into your mails").waitFor();

  const desk = await open(browser, house, "Super admin");
  const mail = desk.getByRole("row").filter({ hasText: address }).getByRole("link");
  for (let tries = 0; tries < 200 && !(await mail.count()); tries++) await desk.goto("/demo/mailbox");
  await mail.first().click();
  const link = /\/register\/confirm#\S+/.exec(await desk.locator("article").innerText())[0];

  await page.goto(link);
  assert.equal(new URL(page.url()).hash, "");
  await audit(page, heard, { heading: "Confirm your address", shows: "#link" });
  await page.getByLabel("Your name").fill("Nina New");
  await page.getByLabel("Password").fill("seven green tractors");
  await page.getByRole("button", { name: "Register and sign in" }).click();
  await page.getByRole("heading", { name: "Hello, Nina New" }).waitFor();
  await audit(page, heard, { heading: "Hello, Nina New", shows: ".doors" });
});

test("what goes wrong in the portal is told in its look", async () => {
  const page = await phone("Customer");
  assert.equal((await page.goto("/portal/incidents/none")).status(), 404);
  assert.equal(await page.locator("header.brand").count(), 1);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Log" }).click();
  await page.getByRole("heading", { name: "Log an incident" }).waitFor();
});

test("each facet has its own doors", async () => {
  const customer = await phone("Customer");
  assert.equal((await customer.goto("/service-desk/records")).status(), 403);
  const desk = await open(browser, house, "Super admin");
  assert.equal((await desk.goto("/portal")).status(), 403);
  await desk.goto("/");
  assert.equal(await desk.getByRole("link", { name: "Customer portal" }).count(), 0);
});

test("name, colour and logo of the organisation stand around the pages of customers", async () => {
  const desk = await open(browser, house, "Super admin");
  await desk.goto("/configure/portal");
  await desk.getByLabel("Name", { exact: true }).fill("Meridian IT");
  await desk.getByLabel("Colour", { exact: true }).fill("#ffd400");
  await desk.getByRole("button", { name: "Save" }).click();
  await desk.getByRole("status").getByText("Saved.").waitFor();
  // A picture of one point.
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const file = { name: "logo.png", mimeType: "image/png", buffer: Buffer.from(png, "base64") };
  await desk.getByLabel("Another logo").setInputFiles(file);
  await desk.getByRole("button", { name: "Use this logo" }).click();
  await desk.getByRole("status").getByText("Saved.").waitFor();

  const page = await phone("Customer");
  const heard = listen(page);
  await page.goto("/portal");
  assert.match(await page.title(), /Meridian IT$/);
  const first = page.getByRole("link", { name: /Log an incident/ });
  const look = await first.evaluate((link) => [getComputedStyle(link).backgroundColor, getComputedStyle(link).color]);
  assert.deepEqual(look, ["rgb(255, 212, 0)", "rgb(0, 0, 0)"]);
  assert.equal(await page.locator("img.logo").evaluate((logo) => logo.naturalWidth), 1);
  await audit(page, heard, { heading: "Hello, Jonas Brandt", shows: ".doors .first" });
});
