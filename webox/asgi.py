"""The ASGI application: static files, then the site, and the life of what runs in the background."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webox.settings")
django_application = get_asgi_application()

from django.urls import get_resolver  # noqa: E402

from chat.api.short import ShortWay  # noqa: E402 - Django must be set up first
from chat.turns.supervisor import supervisor  # noqa: E402
from projects.events import hub  # noqa: E402
from projects.preview_host import OnlyPreviews  # noqa: E402
from projects.saves import saves  # noqa: E402
from webox.front_end import warn_if_missing  # noqa: E402
from webox.garbage import Garbage  # noqa: E402
from webox.lifespan import Background, Lifespan  # noqa: E402
from webox.short_saves import ShortSaves  # noqa: E402
from webox.static_files import with_static_files  # noqa: E402

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application

# Each has `async startup()` and `async shutdown()`; started in this order, ended in the reverse.
background: list[Background] = [supervisor, hub, saves, Garbage()]

site = with_static_files(ShortSaves(ShortWay(cast("Any", django_application))))
application: ASGI3Application = Lifespan(cast("Any", OnlyPreviews(cast("Any", site))), background)

warn_if_missing()
# Loaded now, and not by the first request while others' answers stream.
_ = get_resolver().url_patterns
