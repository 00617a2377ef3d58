// The secret of the set-up link comes behind the "#", which browsers keep to themselves: it moves into the form, and out of the
// address. Without this script the secret is typed into the field.
const secret = location.hash.slice(1);
const field = document.getElementById("link");
if (secret && field) {
  field.value = secret;
  history.replaceState(null, "", location.pathname);
}
