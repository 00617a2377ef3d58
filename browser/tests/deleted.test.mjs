// What is deleted is gone for ever: its old address says so, and offers nothing that cannot be done.
import assert from "node:assert/strict";
import { test } from "node:test";

import { open } from "../lib/chromium.mjs";
import { enter } from "../lib/stage.mjs";

const { browser, house } = await enter();

const { subject } = await house.api("GET", "/api/v1/me");
const [auditor] = (await house.api("GET", "/api/v1/roles?page_size=100")).items.filter(({ name }) => name === "Auditor");

/** Where the API makes one and what it wants beside the name; where the pages of it are. */
const THINGS = [
  { one: "service", at: "services", body: { first_administrator: subject }, page: "/configure/services" },
  { one: "group", at: "groups", page: "/configure/groups" },
  { one: "company", at: "companies", page: "/configure/companies" },
  { one: "connection", at: "connections", body: { kind: "service", role: auditor.id }, page: "/configure/connections" },
  { one: "licence", at: "licences", body: { product: "service_desk", model: "named", seats: 1 }, page: "/billing/licences" },
  { one: "queue", at: "queues", body: { kind: "call" }, page: "/contact-centre/queues" },
  { one: "custom role", at: "roles", body: { permissions: ["admin.audit.view"] }, page: "/access/roles" },
  { one: "user group", at: "user-groups", page: "/people/user-groups" },
  { one: "device group", at: "device-groups", page: "/remote-support/device-groups" },
];

for (const { one, at, body, page: place } of THINGS) {
  test(`the address of a deleted ${one} says that there is nothing, and offers neither to restore nor to delete it`, async () => {
    const { id } = await house.api("POST", `/api/v1/${at}`, { name: "Short-lived", ...body });
    const page = await open(browser, house, "Super admin");
    assert.equal((await page.goto(`${place}/${id}`)).status(), 200);
    await house.api("DELETE", `/api/v1/${at}/${id}`);
    const answer = await page.reload();
    const shown = await page.locator("main").innerText();
    assert.deepEqual([answer.status(), /Restore…|Delete…|until it is restored/.exec(shown)?.[0]], [404, undefined]);
    assert.match(shown, /Nothing here/);
  });
}
