"""Every address of the site and who may: the table of `test_who_may.py`.

A new route takes one line for each of its methods:

    Row("files:move", "POST", WRITE, "{files}/move", {"from": "a.txt", "to": "z.txt"}),

- the route's name with its namespace, and the method
- who may: `PUBLIC` anybody · `PERSON` whoever is logged in · `READ` members · `WRITE` editors, owners · `MANAGE` owners
  · `OWN` the founder
- an address where it is asked (`World.names` says what stands in braces), and what is sent
- `ok`: the statuses of those who may, where they are not 200 or 201; `page=True` for a page: it sends those who are not
  logged in to the login, and no token opens it
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Right(enum.IntEnum):
    """What a row takes; each has those before it."""

    PUBLIC = 0
    PERSON = 1
    READ = 2
    WRITE = 3
    MANAGE = 4
    OWN = 5


PUBLIC, PERSON, READ, WRITE, MANAGE, OWN = Right


@dataclass(frozen=True, slots=True)
class Row:
    """One method of one route."""

    route: str
    method: str
    right: Right
    address: str
    body: Any = None
    ok: tuple[int, ...] = (200, 201)
    page: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


BASE = {"if-match": "*"}
DELETION = {"action": "delete", "path": "a.txt", "base": "*"}
TABLE = [
    # the site
    Row("schema", "GET", PUBLIC, "/api/schema"),
    Row("docs", "GET", PUBLIC, "/api/docs"),
    Row("login", "GET", PUBLIC, "/login", ok=(200, 302)),
    Row("login", "POST", PUBLIC, "/login", ok=(302, 400)),
    Row("logout", "POST", PUBLIC, "/logout", ok=(302,)),
    Row("favicon", "GET", PUBLIC, "/favicon.ico", ok=(302,)),
    Row("password_change", "GET", PUBLIC, "/account/password", ok=(200, 302)),
    Row("password_change", "POST", PUBLIC, "/account/password", ok=(200, 302)),
    Row("admin_password_change", "GET", PUBLIC, "/admin/password_change/", ok=(302,)),
    # no mail server: none of these is there (`test_forgotten.py` has one)
    Row("password_reset", "GET", PUBLIC, "/account/password/forgotten", ok=(404,)),
    Row("password_reset", "POST", PUBLIC, "/account/password/forgotten", ok=(404,)),
    Row("password_reset_done", "GET", PUBLIC, "/account/password/forgotten/sent", ok=(404,)),
    Row("password_reset_confirm", "GET", PUBLIC, "/account/password/new/MQ/x-y", ok=(404,)),
    Row("password_reset_confirm", "POST", PUBLIC, "/account/password/new/MQ/x-y", ok=(404,)),
    Row("email_change", "GET", PUBLIC, "/account/email", ok=(404,)),
    Row("email_change", "POST", PUBLIC, "/account/email", ok=(404,)),
    Row("password_change_done", "GET", PUBLIC, "/account/password/done", ok=(200, 302)),
    Row("set_language", "POST", PUBLIC, "/i18n/setlang/", ok=(302,)),
    # pages
    Row("projects:list", "GET", PERSON, "/", page=True),
    Row("projects:demo", "POST", PERSON, "/projects/demo", page=True, ok=(302,)),
    Row("projects:editor", "GET", READ, "/projects/{project}/editor", page=True),
    Row("projects:preview", "GET", READ, "/projects/{project}/preview", page=True),
    Row("projects:new", "GET", PERSON, "/projects/new", page=True),
    Row("projects:new", "POST", PERSON, "/projects/new", page=True, ok=(400,)),  # no name
    Row("projects:settings", "GET", READ, "{pages}/settings", page=True),
    Row("projects:statistics", "GET", READ, "{pages}/statistics", page=True),
    Row("projects:save", "POST", WRITE, "{pages}/settings/save", page=True, ok=(400,)),  # no name
    Row("projects:duplicate", "POST", READ, "{pages}/duplicate", page=True, ok=(302,)),
    Row("projects:archive", "POST", MANAGE, "{pages}/archive", page=True, ok=(302,)),
    Row("projects:purge", "POST", OWN, "{pages}/purge", page=True, ok=(400,)),  # not the name
    Row("projects:delete", "POST", OWN, "{pages}/delete", page=True, ok=(400,)),  # not the name
    Row("projects:leave", "POST", READ, "{pages}/leave", page=True, ok=(302,)),
    Row("projects:hand_over", "POST", OWN, "{pages}/hand-over", page=True, ok=(302,)),
    Row("projects:member", "POST", MANAGE, "{pages}/members/{viewer}", page=True, ok=(302,)),
    Row("projects:invite", "POST", MANAGE, "{pages}/invitations", page=True, ok=(400,)),  # no role
    Row("projects:revoke", "POST", MANAGE, "{pages}/invitations/{invitation}/revoke", page=True, ok=(302,)),
    Row("projects:invitation", "GET", PUBLIC, "/invitations/{key}"),
    Row("projects:join", "POST", PERSON, "/invitations/{key}/join", page=True, ok=(302,)),
    Row("projects:sign_up", "POST", PUBLIC, "/invitations/{key}/sign-up", ok=(400, 403)),
    Row("projects:account", "GET", PERSON, "/account", page=True),
    Row("projects:create_token", "POST", PERSON, "/account/tokens", page=True, ok=(400,)),  # no name
    Row("projects:revoke_token", "POST", PERSON, "/account/tokens/revoke", page=True, ok=(302,)),
    # files
    Row("files:files", "GET", READ, "{files}/files"),
    Row("files:file", "GET", READ, "{files}/files/a.txt"),
    Row("files:file", "PUT", WRITE, "{files}/files/a.txt", {"text": "x"}, headers=BASE),
    Row("files:file", "DELETE", WRITE, "{files}/files/a.txt", headers=BASE),
    Row("files:purge", "POST", OWN, "{files}/purge", {"before": 2}),
    Row("files:raw", "GET", READ, "{files}/raw/a.txt"),
    Row("files:move", "POST", WRITE, "{files}/move", {"from": "a.txt", "to": "z.txt"}),
    Row("files:commit", "POST", WRITE, "{files}/commit", {"changes": [DELETION]}),
    Row("files:revisions", "GET", READ, "{files}/revisions"),
    Row("files:revision", "GET", READ, "{files}/revisions/1"),
    Row("files:revert", "POST", WRITE, "{files}/revisions/2/revert", {}),
    Row("files:diff", "GET", READ, "{files}/diff?from=0&to=1"),
    Row("files:deleted", "GET", READ, "{files}/deleted"),
    Row("files:restore", "POST", WRITE, "{files}/restore", {"revision": 1}),
    Row("files:export", "GET", READ, "{files}/export"),
    Row("files:import", "POST", WRITE, "{files}/import", {}, ok=(400,)),  # no archive
    Row("files:search", "GET", READ, "{files}/search?q=a"),
    Row("files:replace", "POST", WRITE, "{files}/replace", {"q": "n", "replacement": "m"}),
    Row("files:events", "GET", READ, "{files}/events?client=a"),
    Row("files:presence", "POST", READ, "{files}/presence", {"client": "a"}),
    Row("files:preview", "GET", READ, "{files}/preview"),
    Row("files:preview", "POST", READ, "{files}/preview", {"overlay": {}}),
    # let in, and refused for what was sent: no address of a preview of theirs
    Row("files:preview_sources", "GET", READ, "{files}/preview/sources?token=x", ok=(410,)),
    Row("files:preview_build", "PUT", READ, "{files}/preview/build", {"token": "x", "outputs": {}}, ok=(410,)),
    # the assistant: whoever reads a project may ask
    Row("chat:conversations", "POST", READ, "{chat}/conversations", {"project_id": "{project}"}),
    Row("chat:conversation", "GET", READ, "{chat}/conversations/{project}"),
    Row("chat:conversation", "PATCH", WRITE, "{chat}/conversations/{conversation}", {"title": "x"}),
    Row("chat:conversation", "DELETE", WRITE, "{chat}/conversations/{conversation}"),
    Row("chat:proposals", "GET", READ, "{chat}/proposals/{project}"),
    Row("chat:messages", "GET", READ, "{chat}/conversations/{conversation}/messages"),
    Row("chat:message", "POST", READ, "{chat}/message", {"project_id": "{project}", "content": "x"}),
    Row("chat:events", "GET", READ, "{chat}/messages/{answer}/events"),
    Row("chat:stop", "POST", READ, "{chat}/messages/{answer}/stop", {}),
    Row("chat:retry", "POST", READ, "{chat}/messages/{answer}/retry", {}),
    Row("chat:continue", "POST", READ, "{chat}/messages/{answer}/continue", {}, ok=(409,)),  # it is whole
    Row("chat:choose", "POST", READ, "{chat}/messages/{answer}/choose", {}),
    Row("chat:calls", "GET", READ, "{chat}/messages/{answer}/calls"),
    Row("chat:request", "GET", READ, "{chat}/messages/{answer}/request"),
    Row("chat:comparison", "GET", READ, "{chat}/messages/{answer}/comparison"),
    Row("chat:context_preview", "POST", READ, "{chat}/context/preview", {"project_id": "{project}"}),
    Row("chat:context_indexing", "GET", READ, "{chat}/context/indexing?project_id={project}"),
    Row("chat:context_suggestions", "GET", READ, "{chat}/context/suggestions?project_id={project}&q=a"),
    Row("chat:receipt", "GET", READ, "{chat}/messages/{answer}/receipt"),
    # decisions: a bare body is refused for what it is
    Row("chat:action", "GET", READ, "{chat}/actions/{action}"),
    Row("chat:proposal", "GET", READ, "{chat}/messages/{answer}/proposal"),
    *(
        Row(f"chat:{what}_{of}", "POST", WRITE, f"{{chat}}/{of}s/{{{name}}}/{what}", {}, ok=(200, 400, 409))
        for of, name in (("message", "answer"), ("action", "action"))
        for what in ("apply", "reject", "undo", "reopen")
    ),
    Row("chat:models", "GET", PERSON, "{chat}/models"),
    Row("chat:models", "GET", READ, "{chat}/models?project_id={project}"),
]  # fmt: skip

#: Routes that are no rows, and why.
APART = {
    "chat:nowhere": "the 404 of the API, for everybody",
    "^api/": "the same for what is no part of chat's",
    "admin": "all of it for the staff alone: TestAdmin",
}


def routes() -> dict[str, str]:
    """Every route of the site: by its name with its namespace (or its pattern, where it has no name), its pattern."""
    return dict(_routes(get_resolver(), "", ""))


def _routes(resolver: URLResolver, prefix: str, path: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        pattern = path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix, pattern)
        else:
            yield prefix + (entry.name or str(entry.pattern)), pattern
