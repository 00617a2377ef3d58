// The pictures of docs/pictures, made from the demonstration: `cargo xtask pictures`. What stands in them is the same each time but for
// moments and the demonstration's ids.
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { LOOKS, launch, open } from "./lib/chromium.mjs";
import { demo } from "./lib/house.mjs";
import { pathOf } from "./lib/paths.mjs";
import { pages, pictured } from "./pages.mjs";

const [WIDE, PHONE] = LOOKS;
const TALL = { ...WIDE, viewport: { ...WIDE.viewport, height: 1180 } };
const DARK = { ...WIDE, name: "1440 dark", colorScheme: "dark" };

/** The file, the page of the table (`pages.mjs`), and how it is looked at. */
const PICTURES = [
  ["service-people", "service people, draft", WIDE],
  ["review", "service people, review", WIDE],
  ["person-access", "person, access", WIDE],
  ["ask", "ask", WIDE],
  ["contact-centre-permissions", "contact centre permissions", WIDE],
  ["users", "users", WIDE],
  ["roles", "roles", WIDE],
  ["who-can", "who can", WIDE],
  ["records", "records of a query", WIDE],
  ["mass-action", "mass action", WIDE],
  ["record", "record that came by mail", TALL],
  ["audit", "audit", DARK],
  ["home", "home", DARK],
  ["service-people-phone", "service people, draft", PHONE],
  ["sign-in-phone", "sign-in, refused", PHONE],
];

const FOLDER = fileURLToPath(new URL("../docs/pictures/", import.meta.url));
/** Readers of the README load them. */
const BYTES_MAX = 150_000;

const browser = await launch();
const house = await demo();
try {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  for (const [file, name, look] of PICTURES) await shoot(file, name, look);
} finally {
  await browser.close();
  await house.stop();
}

async function shoot(file, name, look) {
  const entry = [...pages, ...pictured].find((page) => page.name === name);
  if (!entry) throw new Error(`${file}: pages.mjs has no page ${name}`);
  const page = await open(browser, house, entry.as, look);
  await page.goto(await pathOf(house, entry));
  await entry.steps?.(page);
  await page.evaluate(() => document.fonts.ready);
  const picture = await toWebp(await page.screenshot({ animations: "disabled", caret: "hide" }));
  if (picture.length > BYTES_MAX) throw new Error(`${file} has ${picture.length} bytes, more than ${BYTES_MAX}`);
  await writeFile(`${FOLDER}${file}.webp`, picture);
  console.log(`docs/pictures/${file}.webp  ${picture.length} bytes, ${look.name}`);
  await page.context().close();
}

/** Half of what a PNG takes; Chromium is there to pack it. */
async function toWebp(png) {
  const page = await browser.newPage();
  const packed = await page.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
    const reader = new FileReader();
    const read = new Promise((resolve) => reader.addEventListener("load", () => resolve(reader.result)));
    reader.readAsDataURL(blob);
    return (await read).split(",")[1];
  }, png.toString("base64"));
  await page.close();
  return Buffer.from(packed, "base64");
}
