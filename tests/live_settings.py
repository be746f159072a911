"""The site's settings for servers that a test starts.

WEBOX_TEST_CHAT changes `CHAT` by its JSON; WEBOX_TEST_GUARD=1 logs every blocking call on the event loop's thread.
"""

import asyncio
import itertools
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from webox.settings import *  # noqa: F403
from webox.settings import CHAT

CHAT.update(json.loads(os.environ.get("WEBOX_TEST_CHAT", "{}")))

#: Audit events (PEP 578) of calls that wait for something else.
BLOCKING = {"sqlite3.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "open", "import"}


def guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Tells of a blocking call in the thread that all turns and requests share."""
    if event in BLOCKING:
        tell(event, arguments)


def tell(what: str, arguments: tuple[Any, ...]) -> None:
    """Logs a call and where it comes from, where that is the event loop."""
    if threading.current_thread() is threading.main_thread() and asyncio._get_running_loop() is not None:
        frames = traceback.walk_stack(sys._getframe(1))
        where = "\n".join(f"    {frame.f_code.co_filename}:{line}" for frame, line in itertools.islice(frames, 12))
        sys.stderr.write(f"BLOCKING {what} {arguments!r:.200}\n{where}\nEND\n")


def told(what: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, telling of itself."""

    def call(*args: Any, **kwargs: Any) -> Any:
        tell(what, args[-1:])
        return function(*args, **kwargs)

    return call


if os.environ.get("WEBOX_TEST_GUARD"):
    from django.db.backends.utils import CursorWrapper

    for name in ("execute", "executemany", "callproc"):
        setattr(CursorWrapper, name, told("database", getattr(CursorWrapper, name)))
    time.sleep = told("time.sleep", time.sleep)
    sys.addaudithook(guard)
