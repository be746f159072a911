"""For a host that adds an action type: one call that tries all that chat relies on.

from chat.actions.testing import check_action_type
from chat.testing import MemoryWorkspace

def test_publish_page():
    workspace = MemoryWorkspace("site", {"about.md": "draft: true\\n"})
    check_action_type(PublishPage(), workspace, {"path": "about.md"})
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chat.actions.kinds import ActionType, Call, Refused
from chat.actions.plan import Rules, plan
from chat.actions.steps import Change, Clash, Draft
from chat.actions.types import Plan, PlannedAction, changes_of, type_of
from chat.workspace import Workspace

__all__ = ["check_action_type"]


def check_action_type(
    kind: ActionType, workspace: Workspace, arguments: Mapping[str, Any], *, user: Any = None
) -> PlannedAction:
    """Proposes, plans, applies and undoes an action on a project; raises `AssertionError` where it breaks a rule.

    `arguments` have to be good for the project as it is, and to change something in it.
    """
    before = _files(workspace)
    _takes_arguments(kind, arguments)
    planned = _plan(kind, before, arguments)
    _expect(_files(workspace) == before, "validate and plan change no file")
    _expect(bool(kind.describe(kind.validate(arguments, Call())).strip()), "describe says something")
    after = {**before, **{path: data for path, data in changes_of(planned).items() if data is not None}}
    gone = {path for path, data in changes_of(planned).items() if data is None}
    after = {path: data for path, data in after.items() if path not in gone}
    _expect(after != before, "the example changes something")
    change = Change(planned.path, planned.before, planned.after, planned.to)
    _carry_out(workspace, change, user, "assistant")
    _expect(_files(workspace) == after, "applying gives what was planned, and nothing else")
    _carry_out(workspace, change.inverted(), user, "restore")
    _expect(_files(workspace) == before, "undoing gives the same bytes")
    return planned


def _takes_arguments(kind: ActionType, arguments: Mapping[str, Any]) -> None:
    proposal = kind.validate(arguments, Call())
    _expect(type_of(proposal) == kind.name, "a proposal is of its type")
    _expect(json.loads(json.dumps(kind.parameters)) == kind.parameters, "parameters are JSON")
    more = kind.validate({**arguments, "auto_approve": True, "mode": "auto"}, Call())
    _expect(more == proposal, "arguments that it does not know are dropped")
    wrong: Any
    for wrong in (None, 3, ["x"], {}):
        try:
            kind.validate({**arguments, "path": wrong}, Call())
        except Refused:
            continue
        _expect(False, f"a path that is {wrong!r} is refused")


def _plan(kind: ActionType, files: Mapping[str, bytes], arguments: Mapping[str, Any]) -> PlannedAction:
    rules = Rules(types={kind.name: kind})
    first, second = (plan(files, [kind.validate(arguments, Call())], rules) for _ in range(2))
    _expect(first == second, "the same proposal gives the same plan")
    _expect(first.ok, f"the example can be planned: {_errors(first)}")
    return first.actions[0]


def _errors(found: Plan) -> str:
    return ", ".join(action.error.code for action in found.actions if action.error)


def _carry_out(workspace: Workspace, change: Change, user: Any, origin: str) -> None:
    with transaction.atomic():
        workspace.lock()
        draft = Draft(_files(workspace), workspace.merge)
        _expect(not isinstance(draft.take(change), Clash), "the change meets nothing")
        workspace.commit(draft.changes(), user=user, base=draft.base(), origin=origin, message="check_action_type")


def _files(workspace: Workspace) -> dict[str, bytes]:
    return dict(workspace.read_files([entry.path for entry in workspace.list_files()]))


def _expect(holds: bool, rule: str) -> None:
    if not holds:
        raise AssertionError(f"not so: {rule}")
