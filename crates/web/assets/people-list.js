// Lists that answer while somebody types: the form is sent as its button would send it, and the part of the answer that holds the list
// takes the place of the one that is there, and so does what says `data-with` (the file of what is found). Without this script the button does it.
const PAUSE = 200;
for (const form of document.querySelectorAll("form[data-live]")) {
  const id = form.dataset.live;
  let timer;
  let asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const body = new URLSearchParams(new FormData(form));
      const answer = await fetch(form.action, { method: "POST", body, signal: asked.signal, headers: { accept: "text/html" } });
      const text = await answer.text();
      const answered = new DOMParser().parseFromString(text, "text/html");
      if (!answer.ok || !answered.getElementById(id)) return form.submit();
      for (const part of [document.getElementById(id), ...document.querySelectorAll(`[data-with="${id}"]`)]) {
        const now = answered.getElementById(part.id);
        if (now) part.replaceWith(document.adoptNode(now));
        else part.remove();
      }
      history.replaceState(null, "", answer.url);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
}
