// Every page at 1440 px, light.
import { LOOKS } from "../lib/chromium.mjs";
import { auditEveryPage } from "../lib/every-page.mjs";

await auditEveryPage(LOOKS[0]);
