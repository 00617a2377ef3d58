// Whoever ticks a user group means it to count: the choice above the groups follows. Without this script the server says so.
for (const scope of document.querySelectorAll("[data-scope]")) {
  scope.addEventListener("change", ({ target }) => {
    if (target.type === "checkbox" && target.checked) scope.querySelector("[type=radio][value=groups]").checked = true;
  });
}
