"""The author's own TeX for a name: an allow-list, because TeX is a programming language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from solver.frozen import frozen
from solver.names import Name
from solver.parse import ParseError

GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "varepsilon",
    "zeta",
    "eta",
    "theta",
    "vartheta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "varphi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
]
COMMANDS = frozenset(
    [
        *GREEK,
        *[
            "hat",
            "bar",
            "tilde",
            "vec",
            "dot",
            "ddot",
            "mathbf",
            "mathrm",
            "mathit",
            "mathcal",
            "boldsymbol",
            "text",
            "prime",
            "ell",
            "star",
            "ast",
        ],
    ]
)
ACCENTS = "hat|bar|tilde|vec|dot|ddot|mathbf|mathrm|mathit|mathcal|boldsymbol"
LETTER = rf"(?:[A-Za-z]|\\(?:{'|'.join(GREEK)}|ell)(?![A-Za-z]))"
PART = rf"[A-Za-z0-9 ,.()'*+-]|{LETTER}|\\text\{{[A-Za-z0-9 ]*\}}|\\(?:prime|star|ast)(?![A-Za-z])"
SCRIPT = rf"(?:[A-Za-z0-9]|{LETTER}|\{{(?:{PART})+\}})"
SCRIPTS = rf"(?:_{SCRIPT}(?:\^{SCRIPT})?|\^{SCRIPT}(?:_{SCRIPT})?)?"
SYMBOL = re.compile(rf"(?:{LETTER}|\\(?:{ACCENTS})\{{(?:{LETTER}|[0-9])+\}})'*{SCRIPTS}")
MAX_LENGTH = 100
ALLOWED = "a letter, a Greek letter or an accent such as \\hat{w}, with a subscript and a superscript: w^{(1)}_{21}"


def checked(text: str) -> str:
    """The TeX of one symbol: a letter, perhaps with an accent, with one subscript and one superscript at most.

    A symbol with a superscript is put in braces, so that it can be raised to a power. Raises ParseError for anything
    else.
    """
    if len(text) > MAX_LENGTH:
        raise ParseError(f"notation has at most {MAX_LENGTH} characters", 0)
    command = next((match for match in re.finditer(r"\\[A-Za-z]*", text) if match[0][1:] not in COMMANDS), None)
    if command:
        raise ParseError(f"{command[0]!r} is not allowed in notation", command.start(), ALLOWED)
    if not SYMBOL.fullmatch(text):
        raise ParseError(f"{text!r} is no symbol", 0, ALLOWED)
    return f"{{{text}}}" if "^" in text else text


@frozen
class Scripted:
    """The TeX of a symbol in its parts, so that a tag or a mark can join its sub- and superscript."""

    symbol: str
    below: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    def tex(self) -> str:
        """The symbol with its scripts; in braces where it has a superscript, so that it can be raised to a power."""
        below, above = ",".join(self.below), "".join(self.above)
        shown = self.symbol + (_script("_", below) if below else "") + (_script("^", above) if above else "")
        return f"{{{shown}}}" if above else shown


def _script(mark: str, inside: str) -> str:
    return f"{mark}{inside}" if len(inside) == 1 else f"{mark}{{{inside}}}"


LAYERED = re.compile(r"\{(?P<symbol>[a-z]+)\^\{(?P<above>[^{}]+)\}_\{(?P<below>[^{}]+)\}\}")
"""A weight of a layer, `{w^{(1)}_{21}}`: large networks have thousands."""


def scripted(tex: str) -> Scripted:
    """The parts of a checked symbol: `w^{(1)}_{21}` is `w`, below `21`, above `(1)`."""
    if usual := LAYERED.fullmatch(tex):
        return Scripted(usual["symbol"], (usual["below"],), (usual["above"],))
    inside = tex[1:-1] if tex.startswith("{") and tex.endswith("}") else tex
    symbol, scripts, depth, at = "", {"_": "", "^": ""}, 0, ""
    for character in inside:
        depth += (character == "{") - (character == "}")
        if depth == 0 and character in scripts:
            at = character
        elif at:
            scripts[at] += character
        else:
            symbol += character
    below, above = (unbraced(scripts[mark]) for mark in "_^")
    return Scripted(symbol, (below,) if below else (), (above,) if above else ())


def unbraced(script: str) -> str:
    """The TeX without braces around it."""
    return script[1:-1] if script.startswith("{") and script.endswith("}") else script


def parts_of(name: Name, notation: Mapping[Name, str]) -> Scripted:
    """A quantity that is no derivative: the author's notation, with the tag and the marks of a training run."""
    own = notation.get(name.plain)
    if own:
        return _marked(scripted(own), name)
    untagged = notation.get(name.plain.tagged("")) if name.tag else None
    if untagged is None:
        return _usual(name)
    parts = scripted(untagged)
    return _marked(Scripted(parts.symbol, (*parts.below, rf"\text{{{name.tag}}}"), parts.above), name)


def _usual(name: Name) -> Scripted:
    """A quantity for which the author has no notation."""
    letters = name.base.rstrip("0123456789")
    base = rf"\{letters}" if letters in GREEK else letters if len(letters) == 1 else rf"\mathit{{{letters}}}"
    if len(letters) == 4 and letters.endswith("hat"):  # yhat, mhat
        base = rf"\hat{{{letters[0]}}}"
    parts = [part for part in (name.base[len(letters) :], *name.index) if part]
    shown = [rf"\{part}" if part in GREEK else part if len(part) <= 3 else rf"\text{{{part}}}" for part in parts]
    if name.tag:
        shown.append(rf"\text{{{name.tag}}}")
    return _marked(Scripted(base, tuple(shown)), name)


def _marked(parts: Scripted, name: Name) -> Scripted:
    """The symbol with the sample and the update it belongs to, raised: E^{<3>[2]}."""
    marks = [rf"\langle {name.sample}\rangle"] if name.sample else []
    marks += [f"[{name.step}]"] if name.step else []
    return Scripted(parts.symbol, parts.below, (*parts.above, *marks)) if marks else parts
