/** Names a proposal as it was shown. */
export function keyOf({ id, hash }) {
  return `${id} ${hash}`;
}
