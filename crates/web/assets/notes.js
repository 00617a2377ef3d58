// A text module is put into the note while somebody writes it. Without this script the form comes back with it.
const button = document.querySelector("[data-insert]");

button?.addEventListener("click", async (event) => {
  const { form } = button;
  if (!form.elements.module.value) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(button.formAction, { method: "POST", body }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const written = page?.querySelector("#note");
  // What cannot be read is said by the page itself.
  if (!written) return form.requestSubmit(button);
  form.elements.text.value = written.value;
  form.elements.text.focus();
});
