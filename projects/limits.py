"""How much a project may hold: the setting `FILES`, over these defaults."""

from __future__ import annotations

from django.conf import settings

MEBIBYTE = 1024 * 1024
DEFAULTS = {
    "MAX_TEXT_BYTES": 2 * MEBIBYTE,
    "MAX_ASSET_BYTES": 20 * MEBIBYTE,
    "MAX_FILES": 10_000,
    "MAX_PROJECT_BYTES": 500 * MEBIBYTE,
    "MAX_ARCHIVE_BYTES": 100 * MEBIBYTE,
}


def limit(name: str) -> int:
    return int(getattr(settings, "FILES", {}).get(name, DEFAULTS[name]))
