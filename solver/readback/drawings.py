"""The drawings of a written page -> the formulas that stand in them as labels, each as TeX."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from html import unescape
from typing import Literal

Syntax = Literal["markdown", "latex"]
DRAWINGS: Mapping[Syntax, re.Pattern[str]] = {
    "markdown": re.compile(r"<svg .*?</svg>", re.DOTALL),
    "latex": re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL),
}
TIKZ_LABEL = re.compile(r"\\node\[[^\]]*\] at \([^)]*\) \{[^$]*\$(.+)\$\};")
SLASHED = re.compile(r"^(\\partial [^/]+|d[^/]+)/(\\partial .+?|d.+?)(?=$| =| \\approx)")
SVG_LABEL = re.compile(r"<text [^>]*>(.*?)</text>")
WORDS = re.compile(r'<tspan class="words">[^<]*</tspan>')
SCRIPTS = {
    mark: re.compile(rf'(?:<tspan class="{kind}"[^>]*>[^<]*</tspan>)+') for kind, mark in (("sub", "_"), ("sup", "^"))
}
MARKUP = re.compile("<[^>]*>")
LETTERS = {"epsilon": "ϵ", "varepsilon": "ε", "vartheta": "ϑ", "phi": "ϕ", "varphi": "φ", "partial": "∂", "ell": "ℓ",
           "prime": "′", "langle": "⟨", "rangle": "⟩", "star": "⋆", "ast": "∗"}  # fmt: skip
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308"}
FRACTION = re.compile(r"^\\frac\{((?:\\partial|d).*)\}\{((?:\\partial|d).*)\}$")


def labels(text: str, syntax: Syntax, names: frozenset[str]) -> Iterator[str]:
    """The formula of each label that has one. `names` are the quantities as they are printed elsewhere."""
    read = _tikz if syntax == "latex" else _svg
    for drawing in DRAWINGS[syntax].finditer(text):
        yield from read(drawing[0], names)


def without(text: str, syntax: Syntax) -> str:
    """The page without its drawings."""
    return DRAWINGS[syntax].sub("", text)


def _tikz(drawing: str, _: frozenset[str]) -> Iterator[str]:
    for label in TIKZ_LABEL.finditer(drawing):
        yield SLASHED.sub(lambda match: rf"\frac{{{match[1]}}}{{{match[2]}}}", label[1])


def _svg(drawing: str, names: frozenset[str]) -> Iterator[str]:
    for label in SVG_LABEL.finditer(drawing):
        shown = WORDS.sub("", label[1])
        for mark, script in SCRIPTS.items():
            shown = script.sub(partial(_script, mark), shown)
        shown = unescape(MARKUP.sub("", shown))
        if shown:
            yield _tex(shown.replace("−", "-").replace("\u200a", " ").replace("∂ ", "∂"), names)


def _script(mark: str, spans: re.Match[str]) -> str:
    return f"{mark}{{{MARKUP.sub('', spans[0])}}}"


def _tex(shown: str, names: frozenset[str]) -> str:
    """A label as its letters stand in the picture, with the names of the page in the place of those letters."""
    pattern, known = _drawn_names(names)
    signs: Mapping[str, Callable[[re.Match[str]], str]] = {
        "name": lambda match: known[match[0]],
        "fraction": lambda match: rf"\frac{{{match['top']}}}{{{match['bottom']}}}",
        "sign": lambda match: {"≈": r"\approx", "×": r"\times", "·": r"\cdot"}[match[0]],
    }
    return pattern.sub(lambda match: signs[match.lastgroup or "name"](match), shown)


@lru_cache(maxsize=8)
def _drawn_names(names: frozenset[str]) -> tuple[re.Pattern[str], dict[str, str]]:
    known: dict[str, str] = {}
    for name in sorted(names):
        known.setdefault(_drawn(name), name)
    longest = "|".join(re.escape(drawn) for drawn in sorted(known, key=lambda drawn: (-len(drawn), drawn)))
    fraction = r"(?P<fraction>(?P<top>[0-9.]+)/(?P<bottom>[0-9.]+))"
    return re.compile(rf"(?P<name>(?:{longest or '(?!)'})(?!_\{{))|{fraction}|(?P<sign>[≈×·])"), known


def _drawn(name: str) -> str:
    """A name as its letters stand in a picture: indices in braces, derivatives in one line."""
    if fraction := FRACTION.match(name):
        return "/".join(mark + _drawn(name) for mark, name in (_differential(part) for part in fraction.groups()))
    accents = "|".join(ACCENTS)
    name = re.sub(r"\\(?:text|mathit|mathrm|mathbf|mathcal|boldsymbol)\{([^{}]*)\}", r"\1", name)
    name = re.sub(rf"\\({accents})\{{([^{{}}]*)\}}", lambda match: match[2] + ACCENTS[match[1]], name)
    name = re.sub(r"\\([A-Za-z]+) ?", lambda match: _letter(match[1]), name)
    return _scripts_braced(re.sub(r"([_^])([^{])", r"\1{\2}", name))


def _scripts_braced(name: str) -> str:
    """The name without the braces that only group."""
    shown: list[str] = []
    kept: list[bool] = []
    for mark in name:
        if mark == "{":
            kept.append(bool(shown) and shown[-1] in "_^")
        if mark not in "{}" or kept[-1]:
            shown.append(mark)
        if mark == "}":
            kept.pop()
    return "".join(shown)


def _differential(part: str) -> tuple[str, str]:
    """The sign of a differential, and what follows it: \\partial w is ∂ and w."""
    sign = "\\partial "
    return ("∂", part.removeprefix(sign)) if part.startswith(sign) else ("d", part.removeprefix("d"))


def _letter(command: str) -> str:
    if command in LETTERS:
        return LETTERS[command]
    size = "CAPITAL" if command[0].isupper() else "SMALL"
    letter = command.upper().replace("LAMBDA", "LAMDA")
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {letter}")
    except KeyError:
        return command
