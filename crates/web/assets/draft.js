// A tab with a draft: counts what is chosen, and keeps it when one leaves by a link. Without this the buttons of the form do both.
const form = document.querySelector("form[data-draft]");
const count = form?.querySelector("[data-count]");

const radios = () => [...form.querySelectorAll('table input[type="radio"]:checked')];
const isChanged = (radio) => {
  const [wanted, had] = radio.value.split(".");
  return wanted !== had;
};
let dirty = false;

function show() {
  const here = radios().filter(isChanged).length;
  const before = form.querySelectorAll("tr.changed").length;
  const all = Number(count.dataset.kept) - before + here;
  count.textContent = all === 0 ? "No changes" : all === 1 ? "1 change" : `${all.toLocaleString("en")} changes`;
}

form?.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  dirty = true;
  show();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (!dirty || !link || !plain || link.origin !== location.origin || link.target) return;
  event.preventDefault();
  const to = document.createElement("input");
  to.type = "hidden";
  to.name = "to";
  to.value = link.pathname + link.search;
  form.append(to);
  form.submit();
});
