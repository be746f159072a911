"""The site's settings with `CHAT` changed by the JSON in WEBOX_TEST_CHAT, for servers that a test starts."""

import json
import os

from webox.settings import *  # noqa: F403
from webox.settings import CHAT

CHAT.update(json.loads(os.environ.get("WEBOX_TEST_CHAT", "{}")))
