// The audit of every page of the table under one look. Two files of tests call it, so that two run at once.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { audit, listen, weigh } from "./audit.mjs";
import { launch, open } from "./chromium.mjs";
import { demo, empty } from "./house.mjs";
import { pathOf } from "./paths.mjs";
import { pages } from "../pages.mjs";

export async function auditEveryPage(look) {
  const browser = await launch();
  const houses = { demo: await demo(), empty: await empty() };
  after(async () => {
    await browser.close();
    await Promise.all(Object.values(houses).map((house) => house.stop()));
  });
  for (const entry of pages) {
    test(`${entry.name}, ${look.name}`, async () => {
      const house = houses[entry.house ?? "demo"];
      const page = await open(browser, house, entry.as, look);
      const heard = listen(page);
      assert.equal(await weigh(page, heard, await pathOf(house, entry)), entry.status ?? 200);
      await entry.steps?.(page);
      await audit(page, heard, entry);
      await page.context().close();
    });
  }
}
