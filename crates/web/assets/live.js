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
// A page is asked for again when the stream (re)opens, for rights may have ended unheard. Of one so young only whether it is still there.
const YOUNG_MS = 2000;
// When the browser asked for this page: it was made for the rights of that moment, or of a later one.
const MADE = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.requestStart ?? 0);
// As many as are found at most: behind them may be more.
const HITS_MAX = 10;
const others = new BroadcastChannel(STREAM);
const list = () => document.querySelector("[data-live-list]");
const record = document.querySelector("[data-live-record]");
let recent = [];
// A form brought this page back with what was typed as the values of its fields: they look untouched, and are not.
const { liveAt } = (list() ?? record)?.dataset ?? {};
const isReturned = Boolean(document.querySelector("main :is([role=alert], .candidates)") || (record && liveAt && liveAt !== location.pathname));

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
  if (!answer.ok) return true;
  const found = [...(await answer.text()).matchAll(/data-id="([^"]*)"/g)].map(([, one]) => one);
  return found.length >= HITS_MAX || found.includes(id);
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
    const named = now?.querySelector("[data-id]")?.value ?? "";
    if (!isReturned && !isChanged(text)) {
      text.defaultValue = text.value = asked.value = now?.querySelector("[data-asked]").value ?? "";
      id.value = named;
    } else if (id.value !== named && !(await isFound(box, text.value, id.value))) text.value = asked.value = id.value = "";
  }
}

// The keyboard stays at the link or button where it was.
const leads = (one) => one?.getAttribute("href") ?? (one?.form && `${one.form.getAttribute("action")} ${one.textContent}`);
function exchange(part, now) {
  const focused = part.contains(document.activeElement) && leads(document.activeElement.closest("a, button"));
  part.replaceWith(document.adoptNode(now));
  if (focused) [...now.querySelectorAll("a, button")].find((one) => leads(one) === focused)?.focus();
}
// What stands beside the fields names others, too. Nothing in which somebody types is taken from them, and nothing is moved that is as it was.
const bare = (part) => part.outerHTML.replace(/name="form_token" value="[^"]*"/g, "");
function exchangeParts(page) {
  for (const part of document.querySelectorAll("[data-live-with]")) {
    if ([...part.querySelectorAll("input, textarea, select")].some((one) => one === document.activeElement || isChanged(one))) continue;
    const now = page.getElementById(part.id);
    if (!now) part.remove();
    else if (bare(now) !== bare(part)) exchange(part, now);
  }
}

async function readAgain(page) {
  await offerAgain(page);
  const now = page.querySelector("[data-live-list]");
  if (!now) return;
  exchange(list(), now);
  exchangeParts(page);
}

// Whoever saves something hears of it, too: only what the page does not show yet is worth saying.
async function compare(page) {
  await offerAgain(page);
  const now = page.querySelector("[data-live-record]")?.dataset.liveSeen;
  if (now && now !== record.dataset.liveSeen) record.hidden = false;
  exchangeParts(page);
}

// What a page says, without what is made new in it, what is typed, and what was only just done.
const says = (page) => {
  const main = page.querySelector("main")?.cloneNode(true);
  for (const part of main?.querySelectorAll("[data-live-list], [data-live-with], [role=status], .hits, datalist, select, textarea") ?? []) part.remove();
  return main?.textContent.replace(/\s+/g, " ");
};

// Nobody loses what they typed because somebody's rights were changed: what is shown is asked for again, and goes where it is not theirs any more.
const isChanged = (field) =>
  field.type === "checkbox" || field.type === "radio"
    ? field.checked !== field.defaultChecked
    : field.options
      ? field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected))
      : field.value !== field.defaultValue;
const isTyped = () => isReturned || Boolean(document.querySelector("main [role=alert]")) || [...document.querySelectorAll("main :is(input, textarea, select)")].some(isChanged);

let isReading = false;
let isWanted = false;
// Nobody knows whether what the page names is still the reader's to see.
let isDoubtful = false;
// Ends the pause before the page is read: what is doubtful does not wait for what else happens.
let hurry = () => {};

// One after the other: what happens while the page is read is read once more, and a busy desk does not put it off for ever.
async function read(pause = PAUSE_MS) {
  if (isReading) {
    isWanted = true;
    return void (pause || hurry());
  }
  isReading = true;
  await new Promise((done) => setTimeout((hurry = done), pause));
  isWanted = false;
  // What becomes doubtful while the page is on its way is not answered by it.
  const wasDoubtful = isDoubtful;
  let page;
  isDoubtful = false;
  try {
    page = await present();
    if (page && wasDoubtful) {
      if (!isTyped() && says(page) !== says(document)) return leave();
      dropCandidates();
    }
    if (page) await (list() ? readAgain(page) : compare(page));
  } catch {
    // The next event reads it again.
  }
  if (!page) isDoubtful ||= wasDoubtful;
  isReading = false;
  if (isWanted) read(isDoubtful ? 0 : PAUSE_MS);
  else if (isDoubtful) setTimeout(read, AGAIN_MS);
}

// Who was offered by name may be nobody whom the reader sees any more. What was typed finds them again.
function dropCandidates() {
  for (const one of document.querySelectorAll("main .candidates")) one.remove();
}

// Whether the page may still be shown; if not, it is left.
async function mayStay() {
  const answer = await fetch(at(), { method: "HEAD", redirect: "manual" }).catch(() => undefined);
  if (!answer || !isGone(answer)) return true;
  leave();
  return false;
}

function take({ name, data, at: said }) {
  if (name === "access") {
    // A page that is only just there was made for the rights as they are.
    if (said < MADE) return;
    if (!isTyped()) return leave();
    dropCandidates();
  } else if (name === "again") {
    if (Date.now() - MADE < YOUNG_MS) return void mayStay();
  } else {
    if (list() || (record && (!data || record.dataset.liveRecord === data))) read();
    return;
  }
  isDoubtful = true;
  read(0);
}

function tell(event) {
  const now = Date.now();
  const message = { ...event, at: now };
  recent = recent.filter(({ at }) => now - at < RECENT_MS);
  if (message.name !== "again") recent.push(message);
  others.postMessage(message);
  take(message);
}

function listen() {
  const source = new EventSource(STREAM);
  // Nobody knows what was said before it began, or while it was away: this page may have waited for its turn, and be an old one.
  source.onopen = () => tell({ name: "again" });
  for (const name of ["record", "access"]) source.addEventListener(name, ({ data }) => tell({ name, data }));
  source.onerror = async () => {
    if (source.readyState === EventSource.CLOSED && (await mayStay())) setTimeout(listen, AGAIN_MS);
  };
}

others.onmessage = ({ data: message }) => {
  if (message.name !== "here") return take(message);
  for (const one of recent) if (Date.now() - one.at < RECENT_MS) others.postMessage(one);
};
setInterval(() => list()?.dataset.liveRunning !== undefined && read(), RUNNING_MS);
if (list() || record) {
  others.postMessage({ name: "here" });
  navigator.locks?.request(STREAM, () => new Promise(listen));
}
