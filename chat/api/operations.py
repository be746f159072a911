"""Every operation of the API: who can be asked what, which codes can come back.  `schema.py` writes it as OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from chat.api import action_shapes, sent_shapes, shapes
from chat.api.input import AgainBody, MessageBody, PreviewBody
from chat.llm.errors import CODES

Shape = type[msgspec.Struct]

EVERYWHERE = (
    "bad_host",
    "login_required",
    "not_found",
    "method_not_allowed",
    "server_error",
    "database_unavailable",
    "database_outdated",
)
A_CHANGE = ("permission_denied", "csrf")
A_BODY = ("invalid", "malformed_json", "too_deep", "body_too_large")
A_TURN = ("turn_in_progress", "not_last", "client_id_reused", "draining", "needs_asgi")
#: A person's own stop is an answer, not an error.
OF_THE_MODEL = tuple(sorted(CODES - {"stopped"}))

AS_EVENTS = (
    "With `Accept: text/event-stream` the events as they happen, `turn.started` first; otherwise the whole answer."
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter beside the id in the path."""

    name: str
    about: str
    schema: dict[str, Any]
    place: str = "query"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address; `route` is the name in `urls.py`."""

    route: str
    method: str
    id: str
    summary: str
    answer: Shape | None
    codes: tuple[str, ...]
    status: int = 200
    body: Shape | None = None
    the_id: str = ""
    about: str = ""
    parameters: tuple[Parameter, ...] = field(default=())
    events: bool = False


def whole_number(**limits: int) -> dict[str, Any]:
    """The schema of a number in the query."""
    return {"type": "integer", "minimum": 0, **limits}


SEARCH = Parameter("search", "Titles that have these words.", {"type": "string", "maxLength": 200})
LIMIT = Parameter("limit", "How many at most.", whole_number(maximum=200, default=50))
AFTER = Parameter("after", "`next` of the page before.", {"type": "string"})
BEFORE = Parameter("before", "`before` of the page below.", whole_number())
MESSAGES = Parameter("limit", "How many at most.", whole_number(maximum=200, default=30))
REPLACED = Parameter("replaced", "`1` shows replaced messages too.", {"type": "string", "enum": ["0", "1"]})
RESUME = Parameter("Last-Event-ID", "Number of the last event seen; the browser sends it.", whole_number(), "header")
FROM = Parameter("after", "The same, for those who cannot set headers.", whole_number())
WAIT = Parameter("wait", "`0`: what there is now, without staying.", {"type": "string", "enum": ["0", "1"]})

PROJECT = Parameter("project_id", "The project.", whole_number())
CONVERSATION = Parameter("conversation_id", "The conversation whose messages are searched.", whole_number())
TYPED = Parameter("q", "What has been typed after the `@`.", {"type": "string", "maxLength": 200})
SUGGESTED = Parameter("limit", "How many at most.", whole_number(maximum=50, default=12))

CALL = Parameter("call", "Which request of the answer, from 1; else the first that is no summary.", whole_number())
WITH = Parameter("with", "The answer whose request to compare with; otherwise the request before.", whole_number())
WITH_CALL = Parameter("with_call", "Which request of that answer, from 1; as `call`.", whole_number())

A_DECISION = (*EVERYWHERE, *A_CHANGE, *A_BODY, "turn_in_progress", "stale")
A_COMMIT = (
    *A_DECISION, "conflict", "blocked", "bad_path", "path_conflict", "missing_file", "too_large", "too_many_files",
    "project_full",
)  # fmt: skip


def decisions(what: str, name: str, the_id: str) -> tuple[Operation, ...]:
    """What can be decided of one action, or of a message's actions together."""
    apply = action_shapes.ApplyBody if what == "message" else action_shapes.ActionChoice
    return (
        Operation(
            f"apply_{what}", "post", f"apply{name}", "Apply proposals", action_shapes.DecidedAnswer, A_COMMIT,
            body=apply, the_id=the_id, about="All or nothing, one revision. The same twice is done once.",
        ),
        Operation(
            f"undo_{what}", "post", f"undo{name}", "Take back what was applied, or the undo of it",
            action_shapes.DecidedAnswer, A_COMMIT, body=action_shapes.UndoBody, the_id=the_id,
            about="A new revision; later edits of the same files stay.",
        ),
        Operation(
            f"reject_{what}", "post", f"reject{name}", "Drop proposals", action_shapes.DecidedAnswer, A_DECISION,
            body=action_shapes.RejectBody, the_id=the_id, about="The reason goes to the model with the next request.",
        ),
        Operation(
            f"reopen_{what}", "post", f"reopen{name}", "Take up again what was rejected or undone",
            action_shapes.DecidedAnswer, A_DECISION, body=action_shapes.ReopenBody, the_id=the_id,
        ),
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "conversations", "post", "createConversation", "Create an empty conversation", shapes.ConversationSaved,
        (*EVERYWHERE, *A_CHANGE, *A_BODY), status=201, body=shapes.NewConversation,
    ),
    Operation(
        "conversation", "get", "listConversations", "List a project's conversations", shapes.ConversationList,
        (*EVERYWHERE, "invalid"), the_id="The project.", parameters=(SEARCH, LIMIT, AFTER),
        about="The id in the path is the project's. The newest come first; the cost does not grow with the page.",
    ),
    Operation(
        "proposals", "get", "listPendingProposals", "List what waits for a person in a project",
        action_shapes.PendingList, EVERYWHERE, the_id="The project.",
        about="The pending proposals of all its conversations, newest answer first, 500 at most.",
    ),
    Operation(
        "conversation", "patch", "renameConversation", "Change a conversation's title or mode",
        shapes.ConversationChanged, (*EVERYWHERE, *A_CHANGE, *A_BODY), body=shapes.NewTitle, the_id="The conversation.",
    ),
    Operation(
        "conversation", "delete", "deleteConversation", "Delete a conversation, its messages and actions", shapes.Done,
        (*EVERYWHERE, *A_CHANGE), the_id="The conversation.", about="A running answer is stopped first.",
    ),
    Operation(
        "messages", "get", "listMessages", "Read a conversation", shapes.MessagePage, (*EVERYWHERE, "invalid"),
        the_id="The conversation.", parameters=(MESSAGES, BEFORE, REPLACED),
        about="Without `before` the newest page; in a page the oldest message comes first.",
    ),
    Operation(
        "message", "post", "sendMessage", "Send a message", shapes.Answered,
        (*EVERYWHERE, *A_CHANGE, *A_BODY, *A_TURN, *OF_THE_MODEL), body=MessageBody, events=True,
        about=f"Without `conversation_id` a conversation is created. The same `client_id` twice is one message. "
        f"{AS_EVENTS}",
    ),
    Operation(
        "events", "get", "followMessage", "Follow an answer", None, (*EVERYWHERE, "invalid"), the_id="The answer.",
        parameters=(RESUME, FROM, WAIT), events=True,
        about="The events after a number; ends after the turn's last one.",
    ),
    Operation(
        "stop", "post", "stopMessage", "Stop an answer", shapes.Stopped, (*EVERYWHERE, *A_CHANGE),
        the_id="The answer.", about="Answers once it has stopped; a finished one is answered as it is.",
    ),
    Operation(
        "retry", "post", "retryMessage", "Ask again", shapes.Answered,
        (*EVERYWHERE, *A_CHANGE, *A_BODY, *A_TURN, *OF_THE_MODEL), body=AgainBody, the_id="The answer.", events=True,
        about=f"A new answer that takes the place of this one. {AS_EVENTS}",
    ),
    Operation(
        "continue", "post", "continueMessage", "Go on from an answer that is not whole", shapes.Answered,
        (*EVERYWHERE, *A_CHANGE, *A_BODY, *A_TURN, "not_continuable", *OF_THE_MODEL), body=AgainBody,
        the_id="The answer.", events=True, about=f"A new answer that continues this one. {AS_EVENTS}",
    ),
    Operation(
        "choose", "post", "chooseVersion", "Go back to another version of the last exchange", shapes.Chosen,
        (*EVERYWHERE, *A_CHANGE, "turn_in_progress", "not_last"), the_id="The answer that the version ends with.",
        about="What an edit or a retry hid is shown and sent again, with its proposals; the other version is hidden.",
    ),
    Operation(
        "calls", "get", "listCalls", "Read the model calls of a message", sent_shapes.CallList, EVERYWHERE,
        the_id="The message.",
    ),
    Operation(
        "request", "get", "downloadRequest", "Download a request as it was sent", sent_shapes.RequestBody,
        (*EVERYWHERE, "invalid"), the_id="The answer.", parameters=(CALL,), about="A JSON file. Keys are never in it.",
    ),
    Operation(
        "comparison", "get", "compareRequests", "Compare two requests", sent_shapes.RequestComparison,
        (*EVERYWHERE, "invalid"), the_id="The answer.", parameters=(CALL, WITH, WITH_CALL),
        about="What of an answer's request came, went or changed since the one before, or since any other.",
    ),
    Operation(
        "receipt", "get", "readReceipt", "Read what the model was given", sent_shapes.Receipt, EVERYWHERE,
        the_id="The answer.",
    ),
    Operation(
        "context_preview", "post", "previewContext", "See what a request would take", sent_shapes.ContextPreview,
        (*EVERYWHERE, *A_CHANGE, *A_BODY, "not_last"), body=PreviewBody,
        about="What the model would be given for this text, counted and priced; nothing is sent and nothing is kept.",
    ),
    Operation(
        "context_indexing", "get", "readIndexing", "See how far a project is indexed", sent_shapes.Indexing,
        (*EVERYWHERE, "invalid"), parameters=(PROJECT,), about="Requests need not wait for it.",
    ),
    Operation(
        "context_suggestions", "get", "suggestMentions", "Complete an @", sent_shapes.SuggestionList,
        (*EVERYWHERE, "invalid"), parameters=(PROJECT, CONVERSATION, TYPED, SUGGESTED),
        about="Files, folders, definitions and earlier messages by a few letters in order; nothing typed: the latest.",
    ),
    Operation(
        "proposal", "get", "readProposal", "Read the files as they would be", action_shapes.Proposed, EVERYWHERE,
        the_id="The answer.", about="What its pending actions would make of the project's files: for a preview.",
    ),
    Operation(
        "action", "get", "readAction", "Read an action with its contents", action_shapes.ActionWhole, EVERYWHERE,
        the_id="The action.",
    ),
    *decisions("message", "Message", "The answer."),
    *decisions("action", "Action", "The action."),
    Operation(
        "models", "get", "listModels", "List the models", shapes.ModelList, (*EVERYWHERE, "invalid"),
        parameters=(Parameter("project_id", "The default is this project's own.", whole_number()),),
    ),
)  # fmt: skip
