// An import that is under way, followed: how far it is takes the place of how far it was, and its end is a page of its own. Without this
// script "Look again" does it.
const EVERY = 1000;
const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-import=running]");
    if (!answer.ok || !found) return location.reload();
    for (const id of ["done-so-far", "progress-bar"]) {
      const [here, there] = [document.getElementById(id), found.querySelector(`#${id}`)];
      if (id === "progress-bar") here.value = there.value;
      else if (here.textContent !== there.textContent) here.textContent = there.textContent;
    }
  } catch {
    // The network is away: it is asked again.
  }
  setTimeout(look, EVERY);
};
setTimeout(look, EVERY);
