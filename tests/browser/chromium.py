"""The Chromium that browser tests drive: the system's."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium() -> str | None:
    names = (os.environ.get("WEBOX_CHROMIUM", ""), *NAMES)
    return next((found for name in names if name and (found := shutil.which(name))), None)


def launch_options() -> dict[str, object]:
    """Root has no user namespace to build a sandbox in: containers and CI run as root."""
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
    return {"executable_path": find_chromium(), "args": arguments}
