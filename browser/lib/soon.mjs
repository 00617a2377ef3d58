// AD-28: what ended is gone within a second, without anybody asking for it. Of sessions, tokens, streams and decisions the tests of processes
// prove the second. In a browser a page is drawn anew besides, on processors that other tests are busy on: what is asserted here is that it
// goes by itself, far sooner than anything that is looked at now and then, and how long it took is told.
import assert from "node:assert/strict";

export const SOON_MS = 5_000;

/** `took`: pairs of what ended and after how many milliseconds. */
export function soon(t, took) {
  t.diagnostic(took.map(([what, ms]) => `${what}: ${ms} ms`).join(", "));
  for (const [what, ms] of took) assert.ok(ms < SOON_MS, `${what} ended after ${ms} ms`);
}
