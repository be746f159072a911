"""What a host may listen to.

`changed` is sent, once it is in the database, when proposals were decided on: `conversation_id`, `message_id`,
`project_id`, `revision` (`None` where no file changed).  A host can tell its open pages.
"""

from __future__ import annotations

from django.dispatch import Signal

changed = Signal()
