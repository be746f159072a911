// What went wrong, in words: the server's own where it has some.

export function explain(error, t) {
  if (error?.message && error.status && error.message !== error.code) return error.message;
  const own = `problem.${error?.code}`;
  const text = t(own);
  return text === own ? t("problem.other", { code: error?.code ?? String(error) }) : text;
}
