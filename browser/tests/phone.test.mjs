// Every page at 360 px, dark.
import { LOOKS } from "../lib/chromium.mjs";
import { auditEveryPage } from "../lib/every-page.mjs";

await auditEveryPage(LOOKS[1]);
