"""TeX of a label -> the text of an SVG: letters slanted, indices smaller and lower, fractions in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from itertools import groupby

from solver.mathnotation import GREEK

GREEK_LETTERS = dict(zip(GREEK, "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
SIGNS = {
    "partial": "∂", "ell": "ℓ", "prime": "′", "star": "⋆", "ast": "∗", ",": " ",
    "langle": "⟨", "rangle": "⟩",
    "left": "", "right": "",
}  # fmt: skip
OPERATORS = {r"\approx": "≈", r"\times": "×", r"\cdot": "·"}
WORDS = ("ln", "sin", "cos", "tan", "tanh")
UPRIGHT = ("text", "operatorname", "mathrm")
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308"}
TOKEN = re.compile(
    r"\s*(?P<sign>[=+]|\\(?:approx|times|cdot)(?![a-z]))\s*|\\(?P<command>[A-Za-z]+|.)|(?P<script>[_^])|(?P<open>\{)|(?P<close>\})|\s(?P<minus>-)\s"
    r"|(?P<digits>[0-9.]+)|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
SHIFT, APART = {"": 0, "sub": 3, "sup": -5}, {"": 0, "sub": 5, "sup": -7}
"""How far a script stands below or above its letter: alone, and where one stands above the other."""
SCRIPT_LETTERS = {
    letter: width
    for letters, width in {",": 2.5, "ijlt": 2.8, "()[]⟨⟩fr": 3.4, "s": 3.9, "acez": 4.4, "w": 7.2, "m": 7.8}.items()
    for letter in letters
}
"""How wide letters of a script are in the fonts of a drawing; the others are reckoned as wide as a digit."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that are set alike; `script` is where they stand: "", "sub" or "sup"."""

    text: str
    slanted: bool = False
    script: str = ""


@lru_cache(maxsize=4096)
def svg_label(words: str, tex: str) -> str:
    """What stands inside the text element of a label."""
    said = f'<tspan class="words">{escape(words)}</tspan>' if words else ""
    return said + (_markup(_Reader(tex).runs()) if tex else "")


def _markup(runs: Iterable[Run]) -> str:
    """Text spans, each moved by what its script differs from the last; sub- and superscript begin in one place."""
    shown, height, last, width, ahead = [], 0, "", 0, 0
    rows = [(script, tuple(group)) for script, group in groupby(_joined(runs), key=lambda run: run.script)]
    for at, (script, row) in enumerate(rows):
        shift = (APART if last or (at + 1 < len(rows) and rows[at + 1][0]) else SHIFT)[script]
        own = round(sum(SCRIPT_LETTERS.get(letter, 5.0) for run in row for letter in run.text)) if script else 0
        back = -width if script and last else ahead
        ahead = max(0, width - own) if script and last else 0
        for place, run in enumerate(row):
            marks = f' class="{script}" font-size="10"' if script else ""
            marks += ' font-style="italic"' if run.slanted else ""
            marks += f' dx="{back}"' if back and place == 0 else ""
            marks += f' dy="{shift - height}"' if shift != height else ""
            height = shift
            shown.append(f"<tspan{marks}>{escape(run.text)}</tspan>" if marks else escape(run.text))
        last, width = script, own
    return "".join(shown)


def _joined(runs: Iterable[Run]) -> list[Run]:
    """The runs, those that are set alike in one."""
    joined: list[Run] = []
    for run in runs:
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return joined


class _Reader:
    """Reads the TeX that a formula of a label is printed as; what it does not know it prints as it is."""

    def __init__(self, tex: str) -> None:
        self.tokens = list(TOKEN.finditer(tex))
        self.place = 0

    def runs(self, upright: bool = False) -> list[Run]:
        """Up to the end, or to the brace that closes."""
        found: list[Run] = []
        while self.place < len(self.tokens):
            match = self.tokens[self.place]
            self.place += 1
            if match["close"]:
                break
            found.extend(self.part(match, upright))
        return found

    def part(self, match: re.Match[str], upright: bool) -> list[Run]:
        text = match[0]
        match match.lastgroup:
            case "command":
                return self.command(text[1:])
            case "script":
                script = "sub" if text == "_" else "sup"
                return [replace(run, script=script) for run in self.argument()]
            case "open":
                return self.runs(upright)
            case "sign":
                return [Run(f" {OPERATORS.get(match['sign'], match['sign'])} ")]
            case "minus":
                return [Run(" − ")]
            case "digits":
                return [Run(text)]
            case "space":
                return [Run(" " if upright else "\u200a")]
            case _:
                return [Run("−" if text == "-" else text, slanted=text.isalpha() and not upright)]

    def command(self, command: str) -> list[Run]:
        if command == "frac":
            return [*_bracketed(self.argument()), Run("/"), *_bracketed(self.argument())]
        if command == "sqrt":
            return [Run("√("), *self.argument(), Run(")")]
        if command in ACCENTS:
            return [replace(run, text=run.text + ACCENTS[command]) for run in self.argument()]
        if command in UPRIGHT:
            return self.argument(upright=True)
        if command in GREEK_LETTERS:
            return [Run(GREEK_LETTERS[command], slanted=True)]
        if command in ("partial", "langle") and self.tokens[self.place]["space"]:
            self.place += 1
        if command in SIGNS:
            return [Run(SIGNS[command])]
        return [Run(command)] if command in WORDS else self.argument()

    def argument(self, upright: bool = False) -> list[Run]:
        match = self.tokens[self.place]
        self.place += 1
        return self.runs(upright) if match["open"] else self.part(match, upright)


def _bracketed(runs: list[Run]) -> list[Run]:
    plain = "".join(run.text for run in runs)
    return [Run("("), *runs, Run(")")] if " + " in plain or " − " in plain else runs
