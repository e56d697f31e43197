"""Definitions for a range of indices, written out: `a_[t=1..3]: w*x_[t] + u*h_[t-1]` is that of a_1, a_2 and a_3.

In a formula `x_[t+1]` is the name with the number in it, `s_[1..3]` the list s_1, s_2, s_3 (the units of a softmax),
and `sum(i=1..3, w_[i]*x_[i])` a sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby, product

from solver import reader
from solver.diagnostics import ReadError

NUMBER = r"([0-9]{1,3})"
RANGE = re.compile(rf"\[\s*([a-z])\s*=\s*{NUMBER}\s*\.\.\s*{NUMBER}\s*\]")
INDEX = re.compile(rf"\[\s*([a-z])\s*(?:([+-])\s*{NUMBER}\s*)?\]")
LIST = re.compile(rf"([A-Za-z][A-Za-z0-9_]*)\[\s*{NUMBER}\s*\.\.\s*{NUMBER}\s*\]([A-Za-z0-9_]*)")
SUM = re.compile(rf"\bsum\(\s*([a-z])\s*=\s*{NUMBER}\s*\.\.\s*{NUMBER}\s*,")
MAX_RANGE, MAX_DEFINITIONS, MAX_CHARACTERS = 64, 1_000, 20_000
"""The indices of one range, the definitions that ranges make, and the characters of one of them."""

Ranges = tuple[tuple[str, range], ...]
Indices = Mapping[str, int]


def written_out(spec: reader.Mapping) -> reader.Mapping:
    """The spec with each definition of a range as one for each index, at the place where it stands.

    Raises ReadError for a range that is empty or too long, and for an index that no range gives.
    """
    define = spec.get("define")
    if not isinstance(define, reader.Mapping) or not any(_is_indexed(*entry) for entry in define.entries):
        return spec
    found = tuple(_entries(define))
    if len(found) > MAX_DEFINITIONS:
        raise ReadError("S104", f"the ranges make {len(found):,} definitions", define.line, define.column)
    _refuse_repeated(found)
    changed = replace(define, entries=found)
    return replace(spec, entries=tuple((k, changed if v is define else v) for k, v in spec.entries))


def _is_indexed(key: reader.Scalar, value: reader.Node) -> bool:
    return "[" in key.text or (isinstance(value, reader.Scalar) and ("[" in value.text or bool(SUM.search(value.text))))


def _entries(define: reader.Mapping) -> Iterator[tuple[reader.Scalar, reader.Node]]:
    """Neighbours of one range go index by index where one of them reads another index, else one after the other."""
    for ranges, group in groupby(define.entries, lambda entry: _ranges(entry[0])):
        together = list(group)
        letters = [letter for letter, _ in ranges]
        every = [dict(zip(letters, at, strict=True)) for at in product(*(numbers for _, numbers in ranges))]
        reads_another = any(match[2] for _, value in together for match in INDEX.finditer(_text(value)))
        if reads_another:
            pairs = [(entry, indices) for indices in every for entry in together]
        else:
            pairs = [(entry, indices) for entry in together for indices in every]
        for (key, value), indices in pairs:
            name = replace(key, text=_put(RANGE.sub(r"[\1]", key.text), indices, key))
            yield name, replace(value, text=_formula(value, indices)) if isinstance(value, reader.Scalar) else value


def _ranges(key: reader.Scalar) -> Ranges:
    return tuple((match[1], _range(match[2], match[3], key)) for match in RANGE.finditer(key.text))


def _range(first: str, last: str, at: reader.Scalar) -> range:
    found = range(int(first), int(last) + 1)
    if not 0 < len(found) <= MAX_RANGE:
        hint = f"a range goes up, over at most {MAX_RANGE} indices: 1..3"
        raise ReadError("S301", f"{first}..{last} is no range", at.line, at.column, hint)
    return found


def _text(value: reader.Node) -> str:
    return value.text if isinstance(value, reader.Scalar) else ""


def _formula(value: reader.Scalar, indices: Indices) -> str:
    return _put(_summed(value.text, indices, value), indices, value)


def _summed(text: str, indices: Indices, at: reader.Scalar) -> str:
    """The text with each sum over a range written out, the outermost first."""
    while match := SUM.search(text):
        letter, numbers = match[1], _range(match[2], match[3], at)
        end = _closing(text, match.end())
        if end is None:
            raise ReadError(
                "S301", "the bracket after sum is not closed", at.line, at.column, "sum(i=1..3, w_[i]*x_[i])"
            )
        inside = text[match.end() : end].strip()
        each = [{**indices, letter: number} for number in numbers]
        terms = [_put(_summed(inside, own, at), own, at) for own in each]
        text = f"{text[: match.start()]}({' + '.join(terms)}){text[end + 1 :]}"
        if len(text) > MAX_CHARACTERS:
            raise ReadError("S104", "a sum over a range is too long", at.line, at.column, "take a shorter range")
    return text


def _closing(text: str, start: int) -> int | None:
    """Where the bracket ends that was opened before."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return None


def _put(text: str, indices: Indices, at: reader.Scalar) -> str:
    """The text with numbers for the indices, and with the names of a list one after the other."""

    def listed(match: re.Match[str]) -> str:
        return ", ".join(f"{match[1]}{number}{match[4]}" for number in _range(match[2], match[3], at))

    def number(match: re.Match[str]) -> str:
        letter, sign, shift = match.groups()
        if letter not in indices:
            hint = f"give its range in the key: a_[{letter}=1..3]"
            raise ReadError("S301", f"no range gives the index {letter}", at.line, at.column, hint)
        found = indices[letter] + int(f"{sign}{shift}" if sign else 0)
        if found < 0:
            raise ReadError("S301", f"{match[0]} is {found} where {letter} is {indices[letter]}", at.line, at.column)
        return str(found)

    return INDEX.sub(number, LIST.sub(listed, text))


def _refuse_repeated(entries: tuple[tuple[reader.Scalar, reader.Node], ...]) -> None:
    seen: set[str] = set()
    for key, _ in entries:
        if key.text in seen:
            raise ReadError("S105", f"{key.text} is defined twice", key.line, key.column)
        seen.add(key.text)
