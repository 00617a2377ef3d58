// The browser: Debian's Chromium, without a window.
import { chromium } from "playwright-core";

const PROGRAM = process.env.ROLECALL_CHROMIUM ?? "/usr/bin/chromium";
// Each keeps it from what a test has no use for: a sandbox that root cannot have, a screen, and hosts of its maker.
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Longest wait for what is to appear. */
const WAIT_MS = 10_000;

/** The two looks under which every page is looked at. */
export const LOOKS = [
  { name: "1440 light", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "360 dark", colorScheme: "dark", viewport: { width: 360, height: 800 } },
];

export const launch = () => chromium.launch({ executablePath: PROGRAM, args: FLAGS });

/**
 * A page in a browser of its own: nothing cached, no cookie but that of the person who is signed in. The first look, unless options
 * of Playwright's contexts say another.
 */
export async function open(browser, house, who, options = {}) {
  const { name, ...look } = LOOKS[0];
  const context = await browser.newContext({ ...look, baseURL: house.url, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(WAIT_MS);
  const { cookies } = await house.client(who);
  const place = { domain: "127.0.0.1", path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, ...place })));
  return context.newPage();
}
