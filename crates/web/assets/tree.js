// A tree of permissions: ticking a child ticks what it is a part of, unticking a parent unticks its parts, and the row says so. Without
// this script the command does the same, and the review says so.
const form = document.querySelector("form[data-tree]");
const count = form?.querySelector("[data-count]");
const said = document.createElement("span");

const above = (box) => box.closest("li").parentElement.closest(".tree li")?.querySelector("input");
const below = (box) => [...box.closest("li").querySelectorAll("ul input")];
const name = (box) => box.closest("label").querySelector("[data-label]").textContent;

function note(box, text) {
  const small = box.closest("label").querySelector("small");
  let line = small.querySelector(".note");
  if (!line) {
    line = document.createElement("span");
    line.className = "note";
    small.append(" ", line);
  }
  line.textContent = text;
}

function show() {
  form.querySelectorAll(".tree input").forEach((box) => {
    if (box.checked === box.defaultChecked) box.closest("label").querySelector(".note")?.remove();
  });
  if (!count) return;
  const changed = [...form.querySelectorAll(".tree input")].filter((box) => box.checked !== box.defaultChecked).length;
  count.textContent = changed === 0 ? "No changes" : changed === 1 ? "1 change" : `${changed} changes`;
}

form?.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches(".tree input")) return;
  const along = [];
  if (box.checked) {
    for (let parent = above(box); parent && !parent.checked; parent = above(parent)) {
      parent.checked = true;
      note(parent, `Ticked with “${name(box)}”.`);
      along.push(name(parent));
    }
  } else {
    for (const part of below(box).filter((part) => part.checked)) {
      part.checked = false;
      note(part, `Unticked with “${name(box)}”.`);
      along.push(name(part));
    }
  }
  show();
  said.textContent = along.length ? `${box.checked ? "Ticked" : "Unticked"} along: ${along.join(", ")}` : "";
});

if (form) {
  said.className = "vh";
  said.setAttribute("role", "status");
  form.append(said);
}
