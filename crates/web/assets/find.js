// Finding while somebody types: the search of the top bar, and the pickers of forms. Without this script both send what was typed, and
// the server answers with a page. What is typed goes out in a body, never in an address.
const WAIT_MS = 120;
// As many as the server sends at most.
const SHOWN = 10;
const token = document.querySelector('input[name="form_token"]')?.value;
let lists = 0;

function attach(box) {
  const field = box.querySelector("input:not([type=hidden], [type=radio])");
  let id = box.querySelector("[data-id]");
  const asked = box.querySelector("[data-asked]");
  const list = document.createElement("ul");
  list.className = "hits";
  list.id = `hits-${++lists}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  list.hidden = true;
  const status = document.createElement("span");
  status.className = "vh";
  status.setAttribute("role", "status");
  box.append(list, status);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");
  field.autocomplete = "off";
  let timer, running, active = -1;

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const close = () => {
    clearTimeout(timer);
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    const all = options();
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
    active = next;
    if (all[next]) {
      field.setAttribute("aria-activedescendant", all[next].id);
      all[next].scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };
  const choose = (option) => {
    if (asked) {
      if (!id) {
        // The page came with candidates: what is chosen takes their place.
        box.querySelector(".candidates")?.remove();
        id = document.createElement("input");
        id.type = "hidden";
        id.name = asked.name.replace(/_asked$/, "");
        box.append(id);
      }
      field.value = asked.value = option.dataset.name;
      id.value = option.dataset.id;
      close();
    } else if (option.dataset.href) location.assign(option.dataset.href);
  };
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams({ q: field.value, kinds: box.dataset.kinds ?? "", form_token: token });
    if (box.dataset.on) body.set("on", box.dataset.on);
    try {
      const answer = await fetch("/find/hits", { method: "POST", body, signal: running.signal });
      if (!answer.ok) return close();
      list.innerHTML = await answer.text();
    } catch {
      return;
    }
    const all = options();
    all.forEach((option, index) => { option.id = `${list.id}-${index}`; });
    list.hidden = all.length === 0;
    list.toggleAttribute("data-more", all.length >= SHOWN);
    field.setAttribute("aria-expanded", String(all.length > 0));
    status.textContent = all.length >= SHOWN ? `${all.length} shown, more are found: type on` : all.length ? `${all.length} found` : "Nothing found";
    mark(-1);
  };

  field.addEventListener("input", () => {
    if (id && field.value !== asked.value) id.value = "";
    clearTimeout(timer);
    if (field.value.trim()) timer = setTimeout(ask, WAIT_MS);
    else close();
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const count = options().length;
    if (event.key === "ArrowDown") mark((active + 1) % count);
    else if (event.key === "ArrowUp") mark(active > 0 ? active - 1 : count - 1);
    else if (event.key === "Enter" && active >= 0) choose(options()[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest('[role="option"]');
    event.preventDefault();
    if (option) choose(option);
  });
  field.addEventListener("blur", close);
  // Somebody else is named by typing over who stands there.
  if (asked) field.addEventListener("focus", () => field.select());
}

if (token) document.querySelectorAll("[data-find]").forEach(attach);

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector(".bar .search input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
});
