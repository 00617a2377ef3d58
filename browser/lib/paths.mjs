// Where the pages of the table are.

/** The address of a page, found by a client where it holds an id. */
export async function pathOf(house, entry) {
  const { route, path = route, as } = entry;
  const at = typeof path === "function" ? await path(await house.client(as), house) : path;
  if (at.includes("{")) throw new Error(`${entry.name}: say in \`path\` how ${at} is found`);
  return at;
}
