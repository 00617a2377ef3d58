// What others do while a page is open. One page of the browser holds the stream of events and tells the others: more than a few streams would
// keep a browser from asking for anything else. Lists are read again; a record says that somebody changed it; and when the reader's rights change
// the page is asked for again, so that nothing stays on the screen that they may not see any more.
const STREAM = "/service-desk/live";
const PAUSE_MS = 300;
const AGAIN_MS = 5000;
// What was heard so shortly ago may have been missed by a page that is only just there.
const RECENT_MS = 5000;
const others = new BroadcastChannel("rolecall-live");
const list = () => document.querySelector("[data-live-list]");
const record = document.querySelector("[data-live-record]");
let recent = [];
let timer;

// The page as it is now; where it is not there any more, or not for this reader, the browser is to say so.
async function present() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function readAgain() {
  const page = await present();
  if (!page) return;
  const now = page.querySelector("[data-live-list]");
  if (!now) return location.reload();
  const focused = document.activeElement?.closest("[data-live-list] a")?.getAttribute("href");
  list().replaceWith(document.adoptNode(now));
  if (focused) [...list().querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  for (const part of page.querySelectorAll("[data-live-with]")) document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
}

// Whoever saves something hears of it, too: only what the page does not show yet is worth saying.
async function compare() {
  const page = await present();
  const now = page?.querySelector("[data-live-record]")?.dataset.liveSeen;
  if (now && now !== record.dataset.liveSeen) record.hidden = false;
}

// Nobody loses what they typed because somebody's rights were changed: what is shown is asked for again, and goes where it is not theirs any more.
const isTyped = () => [...document.querySelectorAll("main :is(input, textarea)")].some((field) => field.value !== field.defaultValue);

function take({ name, data }) {
  if (name === "access" && !isTyped()) return location.reload();
  const concerns = list() || (record && (!data || record.dataset.liveRecord === data));
  if (!concerns) return;
  clearTimeout(timer);
  timer = setTimeout(() => (list() ? readAgain() : compare()).catch(() => {}), PAUSE_MS);
}

function tell(message) {
  const now = Date.now();
  recent = [...recent.filter(({ at }) => now - at < RECENT_MS), { at: now, message }];
  others.postMessage(message);
  take(message);
}

function listen() {
  const source = new EventSource(STREAM);
  let was = false;
  source.onopen = () => {
    // Nobody knows what was said while the stream was away.
    if (was) tell({ name: "record", data: "" });
    was = true;
  };
  for (const name of ["record", "access"]) source.addEventListener(name, ({ data }) => tell({ name, data }));
  source.onerror = async () => {
    if (source.readyState !== EventSource.CLOSED) return;
    const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => undefined);
    if (answer && answer.status !== 200) return location.reload();
    setTimeout(listen, AGAIN_MS);
  };
}

others.onmessage = ({ data: message }) => {
  if (message.name !== "here") return take(message);
  for (const { message } of recent) others.postMessage(message);
};
if (list() || record) {
  others.postMessage({ name: "here" });
  navigator.locks?.request("rolecall-live", () => new Promise(listen));
}
