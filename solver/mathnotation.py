"""The author's own TeX for a name: an allow-list, because TeX is a programming language."""

from __future__ import annotations

import re

from solver.frozen import frozen
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
