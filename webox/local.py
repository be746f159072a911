"""What the site falls back to where something is not configured."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path


def checkout_key(path: Path) -> str:
    """The random secret key of this checkout, made on first use and kept in a git-ignored file."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip() or secrets.token_urlsafe(48)
    except OSError:  # a read-only folder: sessions then last as long as the process
        return secrets.token_urlsafe(48)
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def own_origin(hosts: Sequence[str], *, secure: bool) -> str:
    """The origin of the first of `ALLOWED_HOSTS`; nothing where that is a pattern: it may be anybody's name."""
    first = hosts[0] if hosts else ""
    if not first or first.startswith(".") or "*" in first:
        return ""
    return f"{'https' if secure else 'http'}://{first}"
