"""An author's text -> the same text for a format: no markup, no commands, no mathematics."""

from __future__ import annotations

import re
import unicodedata

from solver.typeface import AS_MATHEMATICS, LETTERS, SIGNS

MARKDOWN_SPECIAL = re.compile(r"[\\`*_{}\[\]$]")
MARKDOWN_FIRST = re.compile(r"^(\s*)([#+\-=~:!?>]|\d+[.)])")
HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}


def escape_markdown(text: str) -> str:
    """Text that Markdown prints as it is: no markup, no HTML, no mathematics."""
    text = MARKDOWN_SPECIAL.sub(r"\\\g<0>", text)
    return re.sub("[&<>|]", lambda match: HTML[match[0]], text)


def escape_markdown_first(text: str) -> str:
    """A line that begins with what Markdown reads as a heading, a list, a rule or an admonition."""
    return MARKDOWN_FIRST.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", text)


WORDS = {
    "\\": r"\backslash ",
    "~": r"\sim ",
    "^": r"{\wedge}",
    "<": "{<}",
    ">": "{>}",
    **{mark: f"\\{mark}" for mark in "{}$&#%_"},
    **{sign: f"\\{command} " for sign, command in (LETTERS | SIGNS).items()},
}
WORDS_SPECIAL = re.compile(f"([{re.escape(''.join(WORDS))}])")


def escape_words(text: str) -> str:
    """Words inside a formula; what MathJax, KaTeX and LaTeX read differently in a text stands outside it."""
    parts = WORDS_SPECIAL.split(unicodedata.normalize("NFC", text))
    return "".join(WORDS.get(part, rf"\text{{{part}}}") for part in parts if part)


LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''",
}  # fmt: skip
LATEX |= AS_MATHEMATICS
LONG_WORD, BREAKS = 20, re.compile(r"(?<=[/.:_=?&-])(?=\w)")
"""Letters of a word that is an address or the path of a file, and where a line may end in one."""
LATEX_SPECIAL = re.compile(f"[{re.escape(''.join(LATEX))}]")


def escape_latex(text: str) -> str:
    """Text that LaTeX typesets as it is: no commands, no mathematics; accents as one character with their letter."""
    words = re.split(r"(\s+)", unicodedata.normalize("NFC", text))
    parts = (BREAKS.split(word) if len(word) > LONG_WORD else [word] for word in words)
    return "".join(r"\allowbreak{}".join(map(_latex, part)) for part in parts)


def _latex(text: str) -> str:
    return LATEX_SPECIAL.sub(lambda match: LATEX[match[0]], text)
