// What most files of tests begin with: a browser and a house of their own, which end with the file.
import { after } from "node:test";

import { launch } from "./chromium.mjs";
import { demo } from "./house.mjs";

/** A browser, and a server that is made so: the demonstration unless another is said. */
export async function enter(make = demo) {
  const [browser, house] = [await launch(), await make()];
  after(async () => {
    await browser.close();
    await house.stop();
  });
  return { browser, house };
}
