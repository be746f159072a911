"""What the model is told of proposals that failed.

An error quotes the lines that came closest to what was searched for.  A model could search at random to read a file
that is kept from it, so such a file is not quoted; and in no file what is masked wherever else it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chat.actions.nearest import SHOWN_CHARACTERS
from chat.actions.text import text_of
from chat.actions.types import ActionError, Plan
from chat.context.masking import mask


def sayable(planned: Plan, is_kept: Callable[[str], bool]) -> dict[int, ActionError]:
    """The errors of a plan as the model may read them, by position.  `is_kept`: whether a path is kept from it."""
    found: dict[int, ActionError] = {}
    moved: set[str] = set()
    for action in planned.actions:
        if action.error is None and action.to is None:
            continue
        kept = action.path in moved or is_kept(action.path)
        if kept and action.to is not None:
            moved.add(action.to)
        if action.error is not None:
            error = unquoted(action.error) if kept else _masked(action.error, _swaps(action.before))
            found[action.position] = _without_names(error, is_kept)
    return found


def unquoted(error: ActionError) -> ActionError:
    """The error without a line of the file."""
    values = dict(error.values)
    if "also" in values:
        values["also"] = [unquoted(ActionError.from_json(other)).as_json() for other in values["also"]]
    return replace(error, values=values, nearest=())


def _masked(error: ActionError, swaps: Mapping[str, str]) -> ActionError:
    values = dict(error.values)
    if "also" in values:
        values["also"] = [_masked(ActionError.from_json(other), swaps).as_json() for other in values["also"]]
    nearest = tuple((number, swaps.get(text) or mask(text).text) for number, text in error.nearest)
    return replace(error, values=values, nearest=nearest)


def _swaps(data: bytes | None) -> dict[str, str]:
    """The lines of a file that hold something secret, as they are quoted, with what takes their place.  A line alone
    does not always show that it is one: in a private key, or where it is cut."""
    text = (text_of(data) or "").replace("\r\n", "\n")
    pairs = zip(text.split("\n"), mask(text).text.split("\n"), strict=True)
    return {line[:SHOWN_CHARACTERS]: safe[:SHOWN_CHARACTERS] for line, safe in pairs if line != safe}


def _without_names(error: ActionError, is_kept: Callable[[str], bool]) -> ActionError:
    """The error without names of files that are kept from the model."""
    if "similar" not in error.values:
        return error
    names = [name for name in error.values["similar"] if not is_kept(name)]
    return replace(error, values={**error.values, "similar": names})
