"""The site's settings, deaf to the developer's own `.env`: no key, no embedded model, cheap passwords."""

import os
import tempfile
from pathlib import Path

for name in (
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG", "SECRET_KEY",
    "PREVIEW_ORIGIN", "PUBLIC_ORIGIN", "EMAIL_HOST",
):  # fmt: skip
    os.environ.pop(name, None)
os.environ["WEBOX_ENV_FILE"] = os.devnull
os.environ["DEBUG"] = "True"  # settings of a development checkout; Django's test runner itself turns DEBUG off
os.environ["SECRET_KEY"] = "tests"
os.environ["WEBOX_EMBEDDED_MODEL"] = "off"

from webox.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tests index when they say so: a thread would outlive their database.
CHAT["BACKGROUND_INDEX"] = False  # noqa: F405

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file as in real life: threads that share a database in memory are refused where those of a file wait.
    # Django takes it away at the end.
    file = Path(tempfile.gettempdir()) / f"webox-test-{os.getpid()}.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": str(file)}  # noqa: F405
