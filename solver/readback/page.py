"""The text of a page -> the mathematics on it: equalities in the text, lines of displays, rows of tables."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from solver.readback import drawings

Syntax = Literal["markdown", "latex", "html"]
DISPLAYS: Mapping[drawings.Syntax, re.Pattern[str]] = {
    "markdown": re.compile(r"\$\$(?P<inside>.*?)\$\$", re.DOTALL),
    "latex": re.compile(
        r"\\begin\{(?P<name>align\*|alignat\*)\}(?:\{2\})?(?P<inside>.*?)\\end\{(?P=name)\}"
        r"|\\\[(?P<row>.*?)\\\]",
        re.DOTALL,
    ),
}
ALIGNED = re.compile(r"\\begin\{aligned\}(?:\[t\])?(.*?)\\end\{aligned\}", re.DOTALL)
INLINE = re.compile(r"(?<![\\$])\$(?!\$)(.+?)(?<!\\)\$")
RELATION = re.compile(r"\\approx(?![a-z])|=")
MATRIX = re.compile(r"\\begin\{(?P<kind>p|small)matrix\}.*?\\end\{(?P=kind)matrix\}", re.DOTALL)
INSIDE = "\0"
"""Stands for the & of a matrix while the columns of a display are told apart."""
MATH_TAG = re.compile(
    r'<span class="math">\\\((?P<inline>.*?)\\\)</span>|<div class="math[^"]*"[^>]*>\\\[(?P<display>.*?)\\\]</div>',
    re.DOTALL,
)
CELL_END = re.compile(r"</t[dh]>")
PMATRIX = re.compile(r"\\begin\{pmatrix\}(?P<rows>.*?)\\end\{pmatrix\}", re.DOTALL)
COMPARISON = re.compile(r"\\(?:ge|le|ne)(?![a-z])|[<>]")
ORDER = re.compile(r"\s[<>]\s")
SIGNED = re.compile(r"\{(-.*)\}")
"""A formula in braces, so that the minus it begins with is no operator."""
TAG = re.compile(r"\\(?:solver)?tag\{[0-9]+\}")
LINE = re.compile(r"\\(?:solverline\{[0-9]+\}|uncover<[0-9]+->)\{")
"""What lets a part of a display appear by itself; it says nothing, so what stands in it is read in its place."""

BRACES = re.compile(rf"(?P<line>{LINE.pattern})|\\.|[{{}}]", re.DOTALL)
"""Such an opening, a brace, or what a backslash takes with it: a printed brace, the end of a row."""


@dataclass(frozen=True, slots=True)
class Line:
    """left relation member relation member ...; `left` is empty where a line of a display goes on without one.

    `reasons` holds the formulas of the reason beside a member, with the member's place. A `cited` line stands in a
    drawing: it is checked like any other, and nothing is learned from it. One of `running` text may equate formulas.
    """

    left: str
    members: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[int, tuple[str, ...]], ...] = ()
    cited: bool = False
    running: bool = False

    def __str__(self) -> str:
        return self.left + "".join(f" {relation} {member}" for relation, member in self.members)


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison in running text: 1 - y o = 0.4 > 0."""

    formula: str

    def __str__(self) -> str:
        return self.formula


@dataclass(frozen=True, slots=True)
class Mention:
    """The formulas of a line of text that claim nothing by themselves: names, and ways from one to another."""

    formulas: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.formulas)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table whose cells are formulas."""

    cells: tuple[str, ...]

    def __str__(self) -> str:
        return " | ".join(self.cells)


Claim = Line | Row | Mention | Compared


def mathematics(text: str, syntax: Syntax, names: frozenset[str] = frozenset()) -> Iterator[Claim]:
    """What a page says in formulas, in the order it is read, its drawings first.

    `names` are needed where a drawing prints them otherwise than the text does.
    """
    form: drawings.Syntax = "markdown" if syntax == "html" else syntax
    for formula in dict.fromkeys(drawings.labels(text, form, names)):
        yield replace(_line(formula), cited=True) if RELATION.search(formula) else Mention((formula,))
    text = drawings.without(text, form)
    text = _without_tags(text) if syntax == "html" else text
    text = uncovered(text)
    position = 0
    for display in DISPLAYS[form].finditer(text):
        yield from _running(text[position : display.start()])
        inside = display["inside"] or display.groupdict().get("row") or ""
        if r"\begin{pmatrix} " in inside:  # of a derivation: a line for each entry
            yield from _matrix(inside)
        elif r"\begin{cases}" in inside:
            yield _line(" ".join(inside.split()))
        else:
            for block in ALIGNED.findall(inside) or [inside]:
                yield from _chains(block)
        position = display.end()
    yield from _running(text[position:])


def _without_tags(text: str) -> str:
    """A page of HTML as a reader sees it, its formulas and the cells of its tables marked as Markdown marks them."""
    text = text.replace("$", r"\$")
    text = MATH_TAG.sub(lambda found: f"$${found['display']}$$" if found["display"] else f"${found['inline']}$", text)
    text = CELL_END.sub(" | ", re.sub(r"<tr>", "| ", text))
    return html.unescape(re.sub(r"<[^<>]*>", "", text))


def uncovered(text: str) -> str:
    """The text as it stands when every part of it has appeared."""
    if not LINE.search(text):
        return text
    kept: list[str] = []
    opened: list[bool] = []  # of each brace that is open, whether it is printed
    position = 0
    for mark in BRACES.finditer(text):
        printed = not mark["line"]
        if mark[0] == "}":
            printed = opened.pop() if opened else True
        elif mark["line"] or mark[0] == "{":
            opened.append(printed)
        kept.append(text[position : mark.end() if printed else mark.start()])
        position = mark.end()
    return "".join((*kept, text[position:]))


def _running(text: str) -> Iterator[Claim]:
    for line in text.splitlines():
        formulas = INLINE.findall(line)
        cells = line.count(" & ") + 1 if line.rstrip().endswith(r"\\") else line.count("|") - 1
        if len(formulas) > 1 and len(formulas) == cells and not any(map(RELATION.search, formulas)):
            yield Row(tuple(formulas))
            continue
        for formula in formulas:
            if ORDER.search(formula):
                yield Compared(formula)
            elif RELATION.search(formula):
                yield replace(_line(formula), running=True)
        mentioned = tuple(formula for formula in formulas if not (RELATION.search(formula) or ORDER.search(formula)))
        if mentioned:
            yield Mention(mentioned)


def _line(text: str) -> Line:
    """left = member ≈ member in one row."""
    pieces = re.split(r"(\\approx(?![a-z])|=)", text)
    members = tuple((relation, member.strip()) for relation, member in zip(pieces[1::2], pieces[2::2], strict=True))
    return Line(pieces[0].strip(), members)


def _matrix(display: str) -> Iterator[Line]:
    """A matrix that equals another: a line an entry, from the entry of the first to that of each other."""
    first, *others = [
        [[cell.strip() for cell in row.split("&")] for row in found["rows"].split(r"\\[4pt]")]
        for found in PMATRIX.finditer(display)
    ]
    for place, row in enumerate(first):
        for at, entry in enumerate(row):
            yield Line(entry, tuple(("=", rows[place][at]) for rows in others))


def _chains(block: str) -> Iterator[Line]:
    """The members of a display, one a line, reasons left out; a new left side begins another line."""
    left = ""
    members: list[tuple[str, str]] = []
    reasons: list[tuple[int, tuple[str, ...]]] = []
    block = MATRIX.sub(lambda match: match[0].replace("&", INSIDE), TAG.sub("", block))
    for row in re.split(r"\\\\(?=\s)", block):
        main, _, reason = row.partition("&&")
        line = _line(main.replace("&", "").replace(INSIDE, "&"))
        if members and not line.members:  # a long sum goes on in the next row
            relation, member = members[-1]
            members[-1] = (relation, f"{member} {line.left}")
        else:
            if members and line.left:
                yield Line(left, tuple(members), tuple(reasons))
                left, members, reasons = "", [], []
            left = left or line.left
            members.extend(line.members)
        formulas = tuple(_formulas(reason))
        if formulas:
            reasons.append((len(members), formulas))
    yield Line(left, tuple(members), tuple(reasons))


def _formulas(reason: str) -> list[str]:
    """What stands between the words of a reason; the words are \\text{...} outside every group, or all but $...$."""
    if r"\solverreason{" in reason:
        return INLINE.findall(reason)
    found: list[str] = []
    formula, words, depth = "", False, 0
    for piece in re.split(r"(\\text\{|\\[{}]|[{}])", reason.replace(r"\quad", "")):
        if depth == 0 and piece == r"\text{":
            found.append(formula.strip())
            formula, words = "", True
        elif not words:
            formula += piece
        depth += (piece in ("{", r"\text{")) - (piece == "}")
        words = words and depth > 0
    found.append(formula.strip())
    return [SIGNED.sub(r"\1", formula) if SIGNED.fullmatch(formula) else formula for formula in found if formula]
