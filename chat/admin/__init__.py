"""The assistant in Django's admin: what was said, proposed, sent to models and paid.  It is a record: nothing in it is
added or edited here, whole conversations and messages can be deleted.

Every list costs the same whatever the tables hold: no full counts, the newest first by an index, searches and sums over
a stated number of rows (`base.py`).
"""

from chat.admin.actions import ActionAdmin
from chat.admin.calls import CallAdmin
from chat.admin.conversations import ConversationAdmin
from chat.admin.messages import MessageAdmin
from chat.admin.summaries import SummaryAdmin

__all__ = ["ActionAdmin", "CallAdmin", "ConversationAdmin", "MessageAdmin", "SummaryAdmin"]
