"""The author's own TeX for a name: an allow-list, because TeX is a programming language."""

from __future__ import annotations

import re

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
TOKEN = re.compile(r"\\([A-Za-z]+)|[A-Za-z0-9 ]|[_^{}]|[().,'*+-]")
MAX_LENGTH = 100


def checked(text: str) -> str:
    """The TeX as it is, where every command in it is allowed and its braces close.

    Raises ParseError at the first thing that is not.
    """
    if len(text) > MAX_LENGTH:
        raise ParseError(f"notation has at most {MAX_LENGTH} characters", 0)
    position, open_braces = 0, 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None or (match[1] and match[1] not in COMMANDS):
            word = match[0] if match else text[position]
            raise ParseError(
                f"{word!r} is not allowed in notation",
                position,
                "letters, digits, _ ^ { }, Greek letters and accents",
            )
        open_braces += {"{": 1, "}": -1}.get(match[0], 0)
        if open_braces < 0:
            break
        position = match.end()
    if open_braces:
        raise ParseError("a brace of the notation has no partner", position)
    return text
