// Tags that others have already, while somebody types one. Without this script they are typed to their end. What is typed goes out in a
// body, never in an address.
const WAIT_MS = 120;
const token = document.querySelector('input[name="form_token"]')?.value;

function attach(field) {
  const list = document.getElementById(field.getAttribute("list"));
  let timer, running;
  const ask = async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams({ tags: field.value, form_token: token });
    try {
      const answer = await fetch("/service-desk/tags/hits", { method: "POST", body, signal: running.signal });
      if (answer.ok) list.innerHTML = await answer.text();
    } catch {
      // A later letter asks again.
    }
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
}

if (token) document.querySelectorAll("[data-tags]").forEach(attach);
