"""The bundles that Node makes (git-ignored): built when a development server finds none."""

import logging
import subprocess
import sys
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)

BUNDLES = ("chat/static/chat/dist/chat.js", "static/dist/editor.js", "static/dist/runtime/manifest.json")


def missing_bundles() -> list[str]:
    return [bundle for bundle in BUNDLES if not (Path(settings.BASE_DIR) / bundle).is_file()]


def build_if_missing() -> None:
    """For those who start with `manage.py runserver`; bin/dev has built them by then."""
    script = Path(settings.BASE_DIR) / "bin" / "build"
    if settings.DEBUG and missing_bundles() and script.is_file():
        subprocess.run([sys.executable, str(script)], check=False)
    warn_if_missing()


def warn_if_missing() -> None:
    if missing := missing_bundles():
        log.warning("The front end is not built (%s): run bin/build", ", ".join(missing))
