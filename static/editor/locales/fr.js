// Each area under its own prefix: tree.* search.* history.* preview.* editor.* …
export default {
  "editor.failed": "Ce fichier n'a pas pu être lu. Vérifiez la connexion, puis réessayez.",

  "command.show_files": "Afficher ou masquer les fichiers",
  "command.show_chat": "Afficher ou masquer l'assistant",
};
