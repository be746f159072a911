// Each area under its own prefix: tree.* search.* history.* preview.* editor.* …
export default {
  "editor.failed": "This file could not be read. Check the connection, then try again.",

  "command.show_files": "Show or hide the files",
  "command.show_chat": "Show or hide the assistant",
};
