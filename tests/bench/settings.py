"""The site with the plain list beside its own, for `bin/bench conversations`."""

from webox.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
