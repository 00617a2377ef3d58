// What pages of the console are made of, as somebody names it who looks at them.
import assert from "node:assert/strict";

/** Waits for the page with this heading; a text is the whole of it. */
export const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: typeof name === "string" }).waitFor();

export const button = (page, name) => page.getByRole("button", { name, exact: typeof name === "string" });

/** The row of a table whose head has this text. */
export const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("rowheader").getByText(name, { exact: true }) });

/** What the page says. */
export const main = (page) => page.getByRole("main").innerText();

/** What a review says of one side: "gains" or "losses". */
export const side = (page, which) => page.locator("section.effect", { has: page.locator(`#${which}`) });

/** What a review says in the place of its effect, where the rules say no. */
export const refused = (page) => page.getByRole("alert").filter({ hasText: "This cannot be saved." });

export const tab = (page, name) => page.locator("nav.tabs").getByRole("link", { name });

/** Turns to another page of the thing that is shown. */
export async function turn(page, name) {
  await tab(page, name).click();
  await tab(page, name).and(page.locator("[aria-current]")).waitFor();
}

/** Types into a picker and takes what is found. */
export async function pick(page, label, name) {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(name);
  await page.getByRole("option").filter({ hasText: name }).filter({ visible: true }).first().click();
  assert.equal(await field.inputValue(), name);
}

/** The form of a new incident of a service, with its title. */
export async function newIncident(page, title, service = "Payroll") {
  await page.goto("/service-desk/records/new");
  await page.getByLabel("Service", { exact: true }).selectOption({ label: service });
  await page.getByLabel("Kind", { exact: true }).selectOption({ label: "Incident" });
  await page.getByRole("button", { name: "Go on" }).click();
  await heading(page, "New incident");
  await page.getByLabel("Title").fill(title);
}

/** Opens what that form says, and stays on its page. */
export async function openIncident(page) {
  await page.getByRole("button", { name: "Open the incident" }).click();
  await page.getByRole("status").getByText("The record is open.").waitFor();
}
