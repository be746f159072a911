"""The addresses of the files' API, below `/api/projects/{id}/`. No trailing slash."""

from django.urls import path

from projects import api, api_events, api_history, api_media, api_preview, api_search, api_transfer

app_name = "files"

urlpatterns = [
    path("files", api.files, name="files"),
    path("files/<path:path>", api.file, name="file"),
    path("raw/<path:path>", api_media.raws, name="raw"),
    path("move", api.moves, name="move"),
    path("commit", api.commits, name="commit"),
    path("events", api_events.events, name="events"),
    path("presence", api_events.presences, name="presence"),
    path("revisions", api_history.revisions, name="revisions"),
    path("revisions/<int:revision>", api_history.one_revision, name="revision"),
    path("revisions/<int:revision>/revert", api_history.reverts, name="revert"),
    path("diff", api_history.differences, name="diff"),
    path("deleted", api_history.deleted_files, name="deleted"),
    path("purge", api_history.purges, name="purge"),
    path("restore", api_history.restores, name="restore"),
    path("preview", api_preview.previews, name="preview"),
    path("preview/sources", api_preview.sources, name="preview_sources"),
    path("preview/build", api_preview.builds, name="preview_build"),
    path("export", api_transfer.exports, name="export"),
    path("import", api_transfer.imports, name="import"),
    path("search", api_search.searches, name="search"),
    path("replace", api_search.replacements, name="replace"),
]
