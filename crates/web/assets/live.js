// What others do while a page is open. One page of the browser holds the stream of events and tells the others: more than a few streams would
// keep a browser from asking for anything else. Lists are read again; a record says that somebody changed it; and when the reader's rights change
// the page is asked for again, so that nothing stays on the screen that they may not see any more.
const STREAM = location.pathname.startsWith("/portal") ? "/portal/live" : "/service-desk/live";
const PAUSE_MS = 300;
const AGAIN_MS = 5000;
// What was heard so shortly ago may have been missed by a page that is only just there.
const RECENT_MS = 5000;
// What goes on by itself is read again so often until it is over: its last step may be missed.
const RUNNING_MS = 2000;
const others = new BroadcastChannel(STREAM);
const list = () => document.querySelector("[data-live-list]");
const record = document.querySelector("[data-live-record]");
let recent = [];

// Where the page as it is now is to be had: the address of a page that a form brought back is another one.
const at = () => (list() ?? record).dataset.liveAt ?? location.pathname + location.search;
// Not signed in, not for this reader, or not there any more: the browser is to say so. Whatever else goes wrong passes.
const isGone = (answer) => answer.redirected || answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status);
const leave = () => location.replace(at());

async function present() {
  const answer = await fetch(at(), { headers: { accept: "text/html" } });
  if (isGone(answer)) return leave();
  if (!answer.ok) return;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What was typed stays. What a field offers, what it names untouched, and what was chosen in it are as they are now: they may name what the reader
// does not see any more.
const isFound = async ({ dataset: { kinds = "", on = "" } }, q, id) => {
  const body = new URLSearchParams({ q, kinds, on, form_token: document.querySelector("input[name=form_token]")?.value });
  const answer = await fetch("/find/hits", { method: "POST", body });
  return !answer.ok || (await answer.text()).includes(`data-id="${id}"`);
};
async function offerAgain(page) {
  for (const select of document.querySelectorAll("main select[name]")) {
    const offered = [...(page.querySelector(`main select[name="${select.name}"]`)?.options ?? [])].map((option) => option.value);
    for (const option of [...select.options]) if (option.value && !offered.includes(option.value)) option.remove();
  }
  for (const box of document.querySelectorAll("main .picker[data-find]")) {
    const [text, asked, id] = ["input[id]", "[data-asked]", "[data-id]"].map((part) => box.querySelector(part));
    if (!id?.value || text.value !== asked.value) continue;
    const now = page.getElementById(text.id)?.closest(".picker");
    if (!isChanged(text)) {
      text.defaultValue = text.value = asked.value = now?.querySelector("[data-asked]").value ?? "";
      id.value = now?.querySelector("[data-id]")?.value ?? "";
    } else if (!(await isFound(box, text.value, id.value))) text.value = asked.value = id.value = "";
  }
}

async function readAgain() {
  const page = await present();
  if (!page) return;
  await offerAgain(page);
  const now = page.querySelector("[data-live-list]");
  if (!now) return;
  const leads = (one) => one?.getAttribute("href") ?? one?.form?.getAttribute("action");
  const focused = leads(document.activeElement?.closest("[data-live-list] :is(a, button)"));
  list().replaceWith(document.adoptNode(now));
  if (focused) [...list().querySelectorAll("a, button")].find((one) => leads(one) === focused)?.focus();
  for (const part of page.querySelectorAll("[data-live-with]")) document.getElementById(part.id)?.replaceWith(document.adoptNode(part));
}

// Whoever saves something hears of it, too: only what the page does not show yet is worth saying.
async function compare() {
  const page = await present();
  if (page) await offerAgain(page);
  const now = page?.querySelector("[data-live-record]")?.dataset.liveSeen;
  if (now && now !== record.dataset.liveSeen) record.hidden = false;
}

// Nobody loses what they typed because somebody's rights were changed: what is shown is asked for again, and goes where it is not theirs any more.
const isChanged = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.options
      ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
      : field.value !== field.defaultValue;
const isTyped = () => Boolean(document.querySelector("main [role=alert]")) || [...document.querySelectorAll("main :is(input, textarea, select)")].some(isChanged);

let isReading = false;
let isWanted = false;

// One after the other: what happens while the page is read is read once more, and a busy desk does not put it off for ever.
async function read(pause = PAUSE_MS) {
  if (isReading) return void (isWanted = true);
  isReading = true;
  await new Promise((done) => setTimeout(done, pause));
  isWanted = false;
  try {
    await (list() ? readAgain() : compare());
  } catch {
    // The next event reads it again.
  }
  isReading = false;
  if (isWanted) read();
}

function take({ name, data }) {
  if (name === "access") return isTyped() ? read(0) : leave();
  if (list() || (record && (!data || record.dataset.liveRecord === data))) read();
}

function tell(message) {
  const now = Date.now();
  recent = recent.filter(({ at }) => now - at < RECENT_MS);
  // A page that is only just there was made for the rights as they are.
  if (message.name === "record") recent.push({ at: now, message });
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
    const answer = await fetch(at(), { method: "HEAD", redirect: "manual" }).catch(() => undefined);
    if (answer && isGone(answer)) return leave();
    setTimeout(listen, AGAIN_MS);
  };
}

others.onmessage = ({ data: message }) => {
  if (message.name !== "here") return take(message);
  for (const { at, message } of recent) if (Date.now() - at < RECENT_MS) others.postMessage(message);
};
setInterval(() => list()?.dataset.liveRunning !== undefined && read(), RUNNING_MS);
if (list() || record) {
  others.postMessage({ name: "here" });
  navigator.locks?.request(STREAM, () => new Promise(listen));
}
