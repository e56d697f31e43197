"""YAML that is broken -> the line that is likely wrong, and what is likely wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

KEY = re.compile(r"[\w.-]+")
BLANK_MISSING = re.compile(r"(?P<key>[\w.-]+):(?P<value>[^\s:].*)")
EQUALS = re.compile(r"(?P<key>[\w.-]+)\s*=\s*(?P<value>.+)")
UNCLOSED = re.compile(r"did not find expected ',' or '([\]}])'")
QUOTE = "put texts that hold ': ' or start with a special character in quotes"
TABS = "indent with spaces, not with tabs"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A place, counted from 1, and a hint."""

    line: int
    column: int
    hint: str


def suspect(text: str, problem: str, line: int, column: int, opened: int = 0, opened_at: int = 0) -> Suspect:
    """What is likely wrong where PyYAML stops at a line and column; `opened` is the line in which it began to read."""
    lines = text.split("\n")
    if any("\t" in lines[at] for at in (line - 2, line - 1) if 0 <= at < len(lines)):
        return Suspect(line, column, TABS)
    if match := UNCLOSED.match(problem):
        return _unclosed(lines, match[1], Suspect(line, column, ""), opened, opened_at)
    if "simple key" in problem or "expected ':'" in problem:
        return _no_key(lines, opened) or Suspect(line, column, QUOTE)
    above = _line_above(lines, line)
    if "mapping values are not allowed" in problem and not _is_second_colon(_at(lines, line), column):
        return (
            _no_key(lines, above)
            or _indented(lines, line, above)
            or Suspect(line, column, QUOTE)
        )  # fmt: skip
    if "did not find expected" in problem and above:
        return _indented(lines, line, above) or Suspect(line, column, QUOTE)
    return Suspect(line, column, QUOTE)


def _at(lines: list[str], line: int) -> str:
    return lines[line - 1] if 0 < line <= len(lines) else ""


def _indent(written: str) -> int:
    return len(written) - len(written.lstrip(" "))


def _line_above(lines: list[str], line: int) -> int:
    """The nearest line above that says something; 0 for none."""
    return next((n for n in range(line - 1, 0, -1) if _at(lines, n).strip() and _at(lines, n).strip()[0] != "#"), 0)


def _is_second_colon(written: str, column: int) -> bool:
    """Whether a line holds a colon before this one: its value holds ': '."""
    return ": " in written[: column - 1]


def _no_key(lines: list[str], line: int) -> Suspect | None:
    """A line that is to be a key and its value, but YAML sees no key in it."""
    written = _at(lines, line).strip()
    start = _indent(_at(lines, line)) + 1
    if match := BLANK_MISSING.fullmatch(written):
        hint = f"write a blank after the colon: {match['key']}: {match['value']}"
        return Suspect(line, start + match.end("key"), hint)
    if ": " not in written and (match := EQUALS.fullmatch(written)):
        hint = f"write a colon and a blank instead of =: {match['key']}: {match['value']}"
        return Suspect(line, start + written.index("="), hint)
    if KEY.fullmatch(written):
        return Suspect(line, start, f"write a colon after the key: {written}:")
    return None


def _indented(lines: list[str], line: int, above: int) -> Suspect | None:
    """A line that stands neither below a line above it nor further to the right where something is opened."""
    own, other = _indent(_at(lines, line)), _indent(_at(lines, above))
    if not above or own == other:
        return None
    hint = (
        f"keys of one mapping stand below each other: this line is indented by {_blanks(own)}, "
        f"the line above by {_blanks(other)}"
    )
    return Suspect(line, own + 1, hint)


def _blanks(count: int) -> str:
    return "1 blank" if count == 1 else f"{count or 'no'} blanks"


def _unclosed(lines: list[str], bracket: str, at: Suspect, opened: int, opened_at: int) -> Suspect:
    """A bracket that stays open; a line that begins no further to the right than that of the opening is beyond it."""
    opening = {"}": "{", "]": "["}[bracket]
    found = _at(lines, at.line)
    past = not found.strip() or (at.line > opened and _indent(found) <= _indent(_at(lines, opened)))
    if opened and past:
        return Suspect(opened, opened_at, f"this {opening} is not closed: add {bracket}")
    return Suspect(at.line, at.column, f"a comma is missing before this, or {bracket}")
