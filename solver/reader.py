"""YAML bytes -> plain data with positions: bounded, and without what a spec has no use for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from solver.diagnostics import ReadError
from solver.yamlhints import suspect

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 50_000
TOO_DEEP = f"the file is nested deeper than {MAX_DEPTH} levels"

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\u2028\u2029\u0085]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as it is written; `plain` where it stands without quotes. Line and column count from 1."""

    text: str
    line: int
    column: int
    plain: bool = True

    @property
    def empty(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, in the order of the file; no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int

    def get(self, key: str) -> Node | None:
        return next((value for name, value in self.entries if name.text == key), None)

    def key(self, key: str) -> Scalar | None:
        return next((name for name, _ in self.entries if name.text == key), None)


Node = Scalar | Sequence | Mapping


def read_spec(data: bytes) -> Mapping:
    """The mapping a file holds.

    Raises ReadError with line and column where the file is not UTF-8, empty, broken, too large or too deep, repeats a
    key, or uses anchors, aliases, tags or merge keys.
    """
    text = decode(data)
    if not text.strip():
        raise ReadError("S102", "the file is empty", hint="start with title: and one of network:, define: or derive:")
    try:
        node = _Builder(text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if "nesting depth" in (error.problem or ""):  # PyYAML 6.0.4 has a bound of its own, met while it looks ahead
            raise ReadError("S104", TOO_DEEP, line, column) from None
        opened = (error.context_mark.line + 1, error.context_mark.column + 1) if error.context_mark else (0, 0)
        found = suspect(text, error.problem or "", line, column, *opened)
        raise ReadError("S103", f"broken YAML: {error.problem}", found.line, found.column, found.hint) from None
    except yaml.YAMLError as error:
        raise ReadError("S103", f"broken YAML: {error}", 1, 1) from None
    if not isinstance(node, Mapping):
        raise ReadError(
            "S103", "a spec is a mapping of keys to values", node.line, node.column, "start with title: ..."
        )
    return node


def decode(data: bytes) -> str:
    """UTF-8 bytes, with or without a byte order mark, LF or CRLF -> text with LF."""
    if len(data) > MAX_BYTES:
        raise ReadError("S104", f"the file has {len(data):,} bytes; a spec has at most {MAX_BYTES:,}")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise ReadError(
            "S101",
            f"the file is not UTF-8: byte 0x{data[error.start]:02X}",
            line,
            column,
            "save the file as UTF-8",
        ) from None
    if match := CONTROL.search(text):
        line, column = (
            text.count("\n", 0, match.start()) + 1,
            match.start() - text.rfind("\n", 0, match.start()),
        )
        raise ReadError("S101", f"the character U+{ord(match[0]):04X} has no place in a spec", line, column)
    return text


def _place(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _Builder:
    """Builds the tree from PyYAML's event stream, counting as it goes."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=LOADER)
        self.nodes = 0

    def document(self) -> Node:
        next(self.events)  # stream start
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise ReadError("S102", "the file holds no values", 1, 1)
        node = self.node(next(self.events), 1)
        next(self.events)  # document end
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise self.refused("a second document (---)", after)
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        line, column = _place(event)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ReadError("S104", f"the file holds more than {MAX_NODES:,} values", line, column)
        if depth > MAX_DEPTH:
            raise ReadError("S104", TOO_DEEP, line, column)
        if isinstance(event, yaml.AliasEvent):
            raise self.refused("an alias (*)", event)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        if event.anchor is not None:
            raise self.refused("an anchor (&)", event)
        if event.tag is not None:
            raise self.refused(f"a tag ({event.tag})", event)
        match event:
            case yaml.ScalarEvent():
                if odd := CONTROL.search(event.value):
                    raise ReadError("S101", f"the character U+{ord(odd[0]):04X} has no place in a spec", line, column)
                return Scalar(event.value, line, column, event.style in (None, ""))
            case yaml.SequenceStartEvent():
                return Sequence(tuple(self.items(depth)), line, column)
            case _:
                return Mapping(tuple(self.entries(depth)), line, column)

    def items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self.node(event, depth + 1)

    def entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Scalar):
                raise ReadError("S103", "a key is a plain text", key.line, key.column)
            if key.text == "<<" and key.plain:
                raise self.refused("a merge key (<<)", event)
            if first := seen.get(key.text):
                raise ReadError(
                    "S105", f"the key {key.text!r} is repeated; it stands first in line {first.line}",
                    key.line, key.column, "keep one of the two",
                )  # fmt: skip
            seen[key.text] = key
            yield key, self.node(next(self.events), depth + 1)

    def refused(self, what: str, event: yaml.Event) -> ReadError:
        line, column = _place(event)
        return ReadError("S103", f"{what} has no use in a spec", line, column, "write the value out, or quote the text")
