"""A table that is wider or longer than a slide -> tables that fit, each with its header."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from solver.document import Inline, Math, Table
from solver.expression import Symbol
from solver.names import Name
from solver.room import COLUMN, Room, length, row_height, total


def parts_of(table: Table, room: Room) -> Iterator[Table]:
    """The table in parts that fit."""
    for part in _by_columns(table, room):
        yield from _by_rows(part, room)


def _by_columns(table: Table, room: Room) -> Iterator[Table]:
    """A table of formulas in parts of two columns and more, each with the names that it begins with."""
    columns = list(zip(table.header, *table.rows, strict=True))
    widths = [max(map(length, column)) + COLUMN for column in columns]
    leading = next((place for place, head in enumerate(table.header) if not _is_name(head)), 0)
    if sum(widths) <= room.width or not leading:
        yield table
        return
    taken: list[int] = []
    for start in range(leading, len(columns), 2):
        pair = list(range(start, min(start + 2, len(columns))))
        if taken and sum(widths[place] for place in (*range(leading), *taken, *pair)) > room.width:
            yield _of_columns(table, (*range(leading), *taken))
            taken = []
        taken += pair
    yield _of_columns(table, (*range(leading), *taken))


def _of_columns(table: Table, places: Sequence[int]) -> Table:
    header, *rows = (tuple(row[place] for place in places) for row in (table.header, *table.rows))
    return replace(table, header=header, rows=tuple(rows))


def _is_name(cell: Sequence[Inline]) -> bool:
    match tuple(cell):
        case (Math(Symbol(Name()), None),):
            return True
        case _:
            return False


def _by_rows(table: Table, room: Room) -> Iterator[Table]:
    """A table in parts that fit, each with the header."""
    part: list[tuple[tuple[Inline, ...], ...]] = []
    used = total((replace(table, rows=()),), room)
    for row in table.rows:
        high = max(1.2, row_height(row))
        if part and used + high > room.rows:
            yield replace(table, rows=tuple(part))
            part, used = [], total((replace(table, rows=()),), room)
        part.append(row)
        used += high
    yield replace(table, rows=tuple(part))
