// The summaries that stand for older messages in requests, as the store keeps them. No DOM.

/** A page tells of all summaries from its first message on, and of the one that counts now. */
export function withSummaries(known, page, older) {
  const told = page.summaries ?? [];
  const first = page.messages[0]?.id ?? 0;
  const stays = ({ id, up_to }) => (older || up_to < first) && !told.some((one) => one.id === id);
  const all = [...known.filter(stays), ...told].sort((a, b) => a.id - b.id);
  return JSON.stringify(all) === JSON.stringify(known) ? known : Object.freeze(all);
}

/** By the message that each has its boundary behind; of two at one place the later. */
export function boundaries({ summaries }) {
  return new Map(summaries.map((summary) => [summary.up_to, summary]));
}
