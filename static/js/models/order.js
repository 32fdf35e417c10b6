/* Where something belongs among things in order of time. No DOM: things are { at: milliseconds, id: number }. */

/* True if a comes after b, the later id breaking the tie. */
export function isAfter(a, b) {
  return a.at === b.at ? a.id > b.id : a.at > b.at;
}

/* The index before which a thing goes in a list that is newest first. */
export function placeNewestFirst(things, thing) {
  const place = things.findIndex((other) => isAfter(thing, other));
  return place < 0 ? things.length : place;
}

/* The index before which a thing goes in a list that is oldest first. Most things are new, so it looks from the end. */
export function placeOldestFirst(things, thing) {
  let place = things.length;
  while (place > 0 && isAfter(things[place - 1], thing)) place -= 1;
  return place;
}

/* Milliseconds of the wait before try number n (0, 1, …): doubling from half a second to thirty, spread out so that a
   server that comes back is not met by everybody at once. */
export function backoff(n, random = Math.random) {
  return Math.min(500 * 2 ** n, 30_000) * (0.5 + random() / 2);
}
