"""What the site falls back to when nothing is configured: local development on this machine."""

import os
import secrets
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
