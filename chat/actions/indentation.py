"""How one text's indentation becomes another's: one rule for all lines, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

UNITS = ("\t", "  ", "    ", "   ", " " * 8)

Rule = Callable[[str], str | None]


def indent_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def translated(pairs: Sequence[tuple[str, str]], lines: Sequence[str]) -> list[str] | None:
    """The lines, indented as the file is; `None` where no one rule says how.

    `pairs` are lines as written by the model and as they are in the file. More or less of the same white space goes
    before everything else; tabs for spaces, or wider steps, only where every way to read them gives the same.
    """
    known = _known(pairs)
    if known is None:
        return None
    if all(written == there for written, there in known.items()):
        return list(lines)
    shift = _shift(known)
    if shift is not None and (result := _apply(known, shift, lines)) is not None:
        return result
    results = [_apply(known, rule, lines) for rule in _steps(known)]
    found = [result for result in results if result is not None]
    return found[0] if found and all(result == found[0] for result in found) else None


def _known(pairs: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """Indentation as written → as it is; `None` where one is written for two."""
    known: dict[str, str] = {}
    for written, there in pairs:
        if written.strip() and known.setdefault(indent_of(written), indent_of(there)) != indent_of(there):
            return None
    return known


def _apply(known: dict[str, str], rule: Rule, lines: Sequence[str]) -> list[str] | None:
    result = []
    for line in lines:
        written = indent_of(line)
        there = written if not line.strip() else known.get(written, rule(written))
        if there is None:
            return None
        result.append(there + line[len(written) :])
    return result


def _shift(known: dict[str, str]) -> Rule | None:
    """The same white space before, or taken from, every line."""
    written, there = min(known.items())
    if there.endswith(written):
        more = there[: len(there) - len(written)]
        if all(now == more + before for before, now in known.items()):
            return lambda indent: more + indent if _alike(more, indent) else None
    if written.endswith(there):
        less = written[: len(written) - len(there)]
        if all(before == less + now for before, now in known.items()):
            return lambda indent: indent.removeprefix(less) if indent.startswith(less) else None
    return None


def _alike(left: str, right: str) -> bool:
    """Whether two indentations can stand beside each other: not tabs and spaces."""
    return not left or not right or set(left) == set(right)


def _steps(known: dict[str, str]) -> list[Rule]:
    """Every way to read both sides as steps of their own width that fits all that is known."""
    rules: list[Rule] = []
    for mine in UNITS:
        for theirs in UNITS:
            depths = {_depth(now, theirs, -1) - _depth(before, mine, -2) for before, now in known.items()}
            whole = all(_depth(now, theirs, -1) >= 0 <= _depth(before, mine, -1) for before, now in known.items())
            if mine != theirs and whole and len(depths) == 1:
                rules.append(_step(mine, theirs, depths.pop()))
    return rules


def _step(mine: str, theirs: str, deeper: int) -> Rule:
    def rule(indent: str) -> str | None:
        depth = _depth(indent, mine, -1)
        return theirs * (depth + deeper) if depth >= 0 <= depth + deeper else None

    return rule


def _depth(indent: str, unit: str, otherwise: int) -> int:
    count, rest = divmod(len(indent), len(unit))
    return count if not rest and indent == unit * count else otherwise
