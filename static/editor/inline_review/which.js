// Which of several proposals for one file is in sight: the newest, until a person has chosen one or has begun with it.

export class Which {
  #chosen = new Map(); // path → id

  /** The one in sight of a file's proposals, newest first; null where there is none. */
  of(path, proposals) {
    return (
      proposals.find(({ id }) => id !== undefined && id === this.#chosen.get(path)) ?? proposals[0] ?? null
    );
  }

  /** From now on it is this one, whatever else comes. */
  choose({ path, id }) {
    this.#chosen.set(path, id);
  }

  forget(path) {
    this.#chosen.delete(path);
  }
}

/** Which answer made a proposal, and when: "« Une page » · 22/11/2026 14:32". */
export function originOf({ conversationTitle, created_at: made }, { t, language }) {
  const when = made
    ? new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" }).format(new Date(made))
    : t("inline.now");
  return t("inline.origin", { title: conversationTitle || t("inline.untitled"), when });
}

/** Several of a file, to choose from; those that would read alike are numbered. */
export function choicesOf(proposals, i18n) {
  const named = proposals.map((proposal) => ({ id: proposal.id, label: originOf(proposal, i18n) }));
  return named
    .filter(({ id }) => id !== undefined)
    .map(({ id, label }) => {
      const isAlone = named.filter((other) => other.label === label).length === 1;
      return { id, label: isAlone ? label : `${label} · n° ${id}` };
    });
}
