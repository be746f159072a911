// Changed copies of frozen values.

export const patched = (object, change) => Object.freeze({ ...object, ...change });

export function patchList(list, matches, change) {
  return Object.freeze(list.map((item) => (matches(item) ? patched(item, change) : item)));
}
