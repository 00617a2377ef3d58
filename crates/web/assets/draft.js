// A tab with a draft: counts what is chosen, and keeps it when one leaves by a link. Without this the buttons of the form do both. It is no
// module: those run when the page is there already, and whoever is quicker would leave without what they chose.
const isChanged = (radio) => {
  const [wanted, had] = radio.value.split(".");
  return wanted !== had;
};

function show(form) {
  const count = form.querySelector("[data-count]");
  const here = [...form.querySelectorAll('table input[type="radio"]:checked')].filter(isChanged).length;
  const before = form.querySelectorAll("tr.changed").length;
  const all = Number(count.dataset.kept) - before + here;
  count.textContent = all === 0 ? "No changes" : all === 1 ? "1 change" : `${all.toLocaleString("en")} changes`;
}

document.addEventListener("change", ({ target }) => {
  if (target.type === "radio" && target.form?.matches("[data-draft]")) show(target.form);
});

document.addEventListener("click", (event) => {
  const form = document.querySelector("form[data-draft]");
  const chosen = form?.querySelector('table input[type="radio"]:checked:not(:default)');
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!chosen || !link || !plain || link.origin !== location.origin || link.target) return;
  event.preventDefault();
  const to = link.pathname + link.search;
  // Said in this sending alone: a field that stayed in the form would be there twice with the next click, and be refused.
  form.addEventListener("formdata", ({ formData }) => formData.set("to", to), { once: true });
  form.submit();
});
