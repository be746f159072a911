// Why a revision was made, in its own words; without any, what it changed. Empty where neither is known.

export function reasonOf({ message, origin, paths = [] }, t) {
  if (message || !paths.length) return message;
  const names = paths.join(", ");
  return origin === "user" ? t("history.change_of", { paths: names }) : names;
}
