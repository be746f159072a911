"""Makes the database of a benchmark: a person who is logged in, and project 1.

DATABASE_URL=… python tests/bench/prepare.py --session KEY
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def log_in(user: Any, key: str) -> None:
    """Writes a session of a person under a known key."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    # last: reading a session under a key that is not there yet would forget the key
    session._session_key = key
    session.save(must_create=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--session", required=True, help="the session's key: letters and digits")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from projects.demo import create_demo

    call_command("migrate", verbosity=0)
    users: Any = get_user_model()
    user = users.objects.create_user("bench")
    project = create_demo(user)
    if project.pk != 1:
        raise SystemExit("the database is not new: the project's id is not 1")
    log_in(user, options.session)
    close()


def close() -> None:
    """One file, so that it can be copied."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


if __name__ == "__main__":
    main()
