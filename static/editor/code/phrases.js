// CodeMirror's own words, in the page's language. Its keys are its English texts.

const FRENCH = {
  Find: "Rechercher",
  Replace: "Remplacer",
  next: "suivant",
  previous: "précédent",
  all: "tout",
  "match case": "casse",
  regexp: "regex",
  "by word": "mot entier",
  replace: "remplacer",
  "replace all": "tout remplacer",
  close: "fermer",
  "current match": "résultat actuel",
  "on line": "à la ligne",
  "replaced match on line $": "remplacé à la ligne $",
  "replaced $ matches": "$ résultats remplacés",
  "Go to line": "Aller à la ligne",
  go: "aller",
  "Folded lines": "Lignes repliées",
  "Unfolded lines": "Lignes dépliées",
  to: "à",
  "folded code": "code replié",
  unfold: "déplier",
  "Fold line": "Replier",
  "Unfold line": "Déplier",
  Completions: "Propositions",
  Diagnostics: "Problèmes",
  "No diagnostics": "Aucun problème",
  "Control character": "Caractère de contrôle",
  "Selection deleted": "Sélection supprimée",
  "$ unchanged lines": "$ lignes inchangées",
  Accept: "Garder",
  Reject: "Reprendre",
  "Revert this chunk": "Reprendre ce passage",
};

export function phrases(language) {
  return language === "fr" ? FRENCH : {};
}
