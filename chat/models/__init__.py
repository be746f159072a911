"""Conversations, messages, actions; the log of a turn; the record of every model call.

Fields beyond the given ones say so with a +.
"""

from __future__ import annotations

from chat.models.context import ConversationSummary, FileIndex
from chat.models.proposals import ActionContent, AIAction
from chat.models.records import CALL_ACCOUNT, CALL_FIELDS, USAGE_FIELDS, ModelCall, TurnEvent
from chat.models.talk import AIConversation, AIMessage

__all__ = [
    "CALL_ACCOUNT",
    "CALL_FIELDS",
    "USAGE_FIELDS",
    "AIAction",
    "AIConversation",
    "AIMessage",
    "ActionContent",
    "ConversationSummary",
    "FileIndex",
    "ModelCall",
    "TurnEvent",
]
