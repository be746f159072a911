"""The four action types as a site has them: with what people read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.actions import kinds


class CreateFile(kinds.CreateFileType):
    """A file, whole."""

    label = _("Créer {path}")


class ModifyFile(kinds.ModifyFileType):
    """Edits of a file."""

    label = _("Modifier {path}")


class DeleteFile(kinds.DeleteFileType):
    """A file goes."""

    label = _("Supprimer {path}")


class RenameFile(kinds.RenameFileType):
    """A file gets another path."""

    label = _("Renommer {path} en {to}")
