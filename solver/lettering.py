"""A label -> how wide it is, and how far below another it stands, before it is written.

Widths are those of Times, which a page asks of any font that stands in for it (`font-size-adjust`): its digits are half
as wide as the type is high. What cannot ask, a picture of a slide, keeps room at the end of the sheet for `widest`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil

from solver.drawing import TEXT, Content, LabelStyle
from solver.expression import Call, Expression, Number, Symbol, walk
from solver.mathnotation import parts_of
from solver.mathtext import text
from solver.names import Local, Name, Total

SIZES: Mapping[LabelStyle, int] = {"name": 16, "word": 12}
SCRIPT = 10
"""How high letters are by the style of their label, and those of an index; the others are `TEXT`."""
LETTERS = {
    letter: width
    for letters, width in {
        "'.,· ": 0.26, "/ijl*^": 0.28, "′t": 0.33, "fI()": 0.34, "r[]": 0.39, "s⟨⟩": 0.42, "czJe": 0.47,
        "0123456789abdghknopquvxyθλβγδηκνπρτφχψ∂": 0.53, "αμσSℓ": 0.58, "EFLPTZΣBCR×": 0.68, "=≈−+-ω": 0.7,
        "wADGHKNOQUVXYΔ": 0.74, "mM": 0.89,
    }.items()
    for letter in letters
}  # fmt: skip
BROADEST = 0.95
"""The widths of letters in ems, upright or slanted, the wider of the two; a letter that is not here is the broadest."""
STAND_IN = 1.28
"""How much wider than Times the broadest font that browsers take in its place is: DejaVu Serif."""
COMMANDS = {"langle": "⟨", "rangle": "⟩", "prime": "′", "ell": "ℓ", "star": "*", "ast": "*"}
SILENT = ("text", "mathit", "mathrm", "mathbf", "mathcal", "boldsymbol", "hat", "bar", "tilde", "vec", "dot", "ddot")
LINE, HIGH_LINE = TEXT + 5, TEXT + 10
"""From one label to the next below it; and where a name has an index below another, which reaches up and down."""


def content_width(content: Content, notation: Mapping[Name, str]) -> int:
    """How wide a label is at most."""
    size = SIZES.get(content.style, TEXT)
    width = _width(content.words) * size
    for side in (content.left, content.right):
        width += _expression(side, size, notation) if side is not None else 0
    return ceil(width + (_width(" = ") * size if content.relation else 0))


def widest(content: Content, notation: Mapping[Name, str]) -> int:
    """How wide a label becomes in a font that a program takes in place of Times as it is."""
    return ceil(STAND_IN * content_width(content, notation))


def is_high(content: Content, notation: Mapping[Name, str]) -> bool:
    """Whether a name in a label has an index above another."""
    sides = (side for side in (content.left, content.right) if side is not None)
    names = (name for side in sides for part in walk(side) if isinstance(part, Symbol) for name in _plain(part.name))
    return any(parts.below and parts.above for parts in (parts_of(name, notation) for name in names))


def _plain(name: object) -> Iterator[Name]:
    match name:
        case Name():
            yield name
        case Local(of, by) | Total(of, by):
            yield from (of, by)


def _expression(node: Expression, size: int, notation: Mapping[Name, str]) -> float:
    match node:
        case Symbol(Name() | Local() | Total() as name):
            return _name(name, size, notation)
        case Call(function, arguments, label):
            around = f"{label or function}(){', ' * (len(arguments) - 1)}"
            return _width(around) * size + sum(_expression(argument, size, notation) for argument in arguments)
        case _:
            powers = sum(isinstance(part, Number) and "e" in part.text.lower() for part in walk(node))
            return (_width(text(node)) + _width(" × 1") * powers) * size  # 2.5e-7 is printed as 2.5 × 10^-7


def _name(name: Name | Local | Total, size: int, notation: Mapping[Name, str]) -> float:
    """Indices are smaller than what they stand at; one above another takes no more room."""
    if not isinstance(name, Name):
        return _width("∂∂/") * size + sum(_name(part, size, notation) for part in (name.of, name.by))
    parts = parts_of(name, notation)
    below, above = (_width(_letters(script)) for script in (",".join(parts.below), "".join(parts.above)))
    return _width(_letters(parts.symbol)) * size + max(below, above) * SCRIPT


def _width(letters: str) -> float:
    return sum(LETTERS.get(letter, BROADEST) for letter in letters)


@lru_cache(maxsize=4096)
def _letters(tex: str) -> str:
    """What a piece of TeX prints, each Greek letter as one that is as wide as any."""
    return re.sub(r"\\([A-Za-z]+) ?|[{}_^]", lambda found: _command(found[1]) if found[1] else "", tex)


def _command(command: str) -> str:
    return COMMANDS.get(command, "" if command in SILENT else "ω")
