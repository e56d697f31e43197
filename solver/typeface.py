"""Which characters LaTeX's own fonts print, and what stands in for signs that they print as mathematics."""

from __future__ import annotations

import unicodedata

LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta",
    "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon", "Φ": "Phi", "Ψ": "Psi",
    "Ω": "Omega",
}  # fmt: skip
SIGNS = {
    "→": "rightarrow", "←": "leftarrow", "↔": "leftrightarrow", "⇒": "Rightarrow", "≤": "leq", "≥": "geq", "≠": "neq",
    "≈": "approx", "∂": "partial", "∇": "nabla", "∞": "infty", "∑": "sum", "∏": "prod", "∈": "in", "−": "mathord{-}",
    "⋅": "cdot", "∘": "circ", "⊙": "odot", "√": "surd", "∝": "propto",
}  # fmt: skip
AS_MATHEMATICS = {sign: rf"\ensuremath{{\{command}}}" for sign, command in (LETTERS | SIGNS).items()}
"""Signs of text that are printed from the fonts of mathematics."""

LATIN = frozenset(
    [
        *map(chr, range(0x20, 0x7F)),
        *(chr(code) for code in range(0xA0, 0x180) if chr(code) not in "ĦħĸŀĿŦŧſŉ"),
        *"ȘșȚțẞ‐–—‘’‚“”„†‡•…‰‹›€™\u00ad",
    ]
)
"""What pdflatex prints with the T1 fonts: the letters of the languages written in Latin script, and their marks."""


def strange_character(text: str) -> str:
    """The first character that pdflatex's fonts do not have; nothing where it can print all of them."""
    composed = unicodedata.normalize("NFC", text)
    return next((mark for mark in composed if mark not in LATIN and mark not in AS_MATHEMATICS and mark != "\n"), "")
