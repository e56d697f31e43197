"""What can be wrong with a problem: stable codes, a place, a message, a hint, and who must act."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Path = tuple["str | int", ...]
"""Where in a spec: keys and positions from the top, such as ("network", "units", "h")."""


@dataclass(frozen=True, slots=True)
class Place:
    """A character of a file; line and column count from 1."""

    file: str
    line: int = 0
    column: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a spec, before its place in the file is looked up.

    `path` leads to the value, `at_key` points at the key instead, `offset` counts characters into the value's text;
    `key` is one that is missing there.
    """

    code: str
    message: str
    path: Path = ()
    hint: str = ""
    offset: int = 0
    at_key: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fault with its place, ready to be shown to the author."""

    code: str
    message: str
    place: Place
    hint: str = ""


class SolverError(Exception):
    """Base of all errors of this package."""


class ProblemError(SolverError):
    """The author of a problem must act; holds every fault found so far."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


class ReadError(SolverError):
    """A file cannot be read as a spec; it already knows its line and column."""

    def __init__(self, code: str, message: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column, self.hint = code, message, line, column, hint


class InternalError(SolverError):
    """A developer of solver must act: a stage was handed something an earlier stage should have refused."""


OTHER_WORDS = {
    "logistic": "sigmoid", "identity": "linear", "silu": "swish", "heaviside": "step", "hyperbolictangent": "tanh",
    "mse": "mean_squared_error", "mae": "absolute_error", "sse": "squared_error", "bce": "binary_cross_entropy",
    "logloss": "binary_cross_entropy", "categoricalcrossentropy": "cross_entropy",
    "gradientdescent": "sgd",
}  # fmt: skip
"""What else a word of the spec language is called, in small letters without marks between them."""


def closest(word: str, allowed: Iterable[str]) -> str:
    """The allowed word that is meant: the same in other letters, under another name, or misspelt; "" for none."""
    words = [word for word in allowed if word]
    plain = _plain(word)
    alike = [other for other in words if other == OTHER_WORDS.get(plain) or _plain(other) == plain]
    return next(iter(alike or difflib.get_close_matches(word, words, n=1, cutoff=0.6)), "")


def _plain(word: str) -> str:
    return "".join(character for character in word.casefold() if character.isalnum())


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A hint that names the nearest allowed word, or else all of them."""
    words = [word for word in allowed if word]
    close = closest(word, words)
    if close:
        return f"did you mean {close!r}?"
    return f"one of: {', '.join(words)}" if words else ""


def counted(count: int, what: str, one: str = "", more: str = "") -> str:
    """`1 unit`, `2 units`; with the verbs, `1 target is` and `2 targets are`."""
    plural = f"{what}es" if what.endswith("s") else f"{what}s"
    return f"1 {what}{one}" if count == 1 else f"{count} {plural}{more}"


CODES = {
    "S101": (
        "the file cannot be read as text",
        "A spec is UTF-8 text of at most 1 MiB. Save the file as UTF-8 (a byte order mark is allowed); NUL and other "
        "control characters are refused.",
    ),
    "S102": ("the file is empty", "A spec needs at least a title and one of network, define or derive."),
    "S103": (
        "the file is not YAML that a spec may use",
        "Either the YAML is broken at the place shown (often a missing space after a colon, a tab used to indent, or a "
        "bracket left open) or it uses something a spec has no use for: anchors and aliases (& and *), tags (!), merge "
        "keys (<<) or several documents.",
    ),
    "S104": (
        "the file is too deep or too large",
        "A spec is at most 1 MiB, nests at most 32 levels and holds at most 50,000 values.",
    ),
    "S105": ("a key is repeated", "Each key may stand once in its mapping. Remove or rename one of the two."),
    "S201": ("an unknown key", "Keys are checked, so that a misspelt one is not silently ignored."),
    "S202": ("a value is missing", "Something the problem needs is not in the file, for example the learning rate."),
    "S203": ("a value of the wrong kind", "A number, text, list or mapping is expected and something else stands."),
    "S204": ("two problems share one id", "The id of a problem is its file's name. Rename one of the files."),
    "S205": ("an unsafe name", "The file name of a problem becomes a page address: letters, digits, - and _ only."),
    "S206": (
        "TeX that is not allowed",
        "`notation` may use letters, digits, sub- and superscripts, Greek letters and accents such as \\hat and \\bar.",
    ),
    "S301": (
        "an expression cannot be read",
        "Expressions are made of names, numbers, + - * / ^ and brackets. Products are written with *: 2*x.",
    ),
    "S302": ("an unknown function", "Only the functions of the functions table can be used."),
    "S303": (
        "a name is used before it is defined",
        "Definitions are worked from top to bottom, as on the board. Move the definition above its first use.",
    ),
    "S304": ("definitions go round in a circle", "No definition may read itself, directly or through others."),
    "S305": ("a name is given twice", "A name stands for one quantity. Rename one of the two."),
    "S306": (
        "a name that does not fit",
        "The goal names something that is neither given nor defined, or something that it cannot be asked of: a "
        "derivative by a name that the quantity does not depend on, an update of a quantity that a formula defines or "
        "the samples set.",
    ),
    "S307": (
        "shapes do not fit",
        "The weights of a layer have shape (n_out, n_in): a row for each of its units, a column for each unit of the "
        "layer before it, or for each input. There is one bias for each unit and one target for each output.",
    ),
    "S308": (
        "loss, activation and targets do not fit together",
        "A softmax goes over the outputs. Cross-entropy needs probabilities: softmax with cross_entropy, sigmoid with "
        "binary_cross_entropy. Hinge losses need targets of their own: +1 and -1 for hinge, one-hot for "
        "multiclass_hinge.",
    ),
    "S309": (
        "no vectors and matrices here",
        "`notation: matrix` lays out a network by its layers (network: layers:) with at most 10 units in each and at "
        "most 10 inputs, so that every matrix is written out whole. Leave it out for any other problem.",
    ),
    "S401": (
        "a value cannot be computed",
        "A division by zero, a logarithm of zero, a value outside a domain, or one that has grown out of all bounds, "
        "as in a training run with too large a learning rate.",
    ),
    "S402": (
        "a digit cannot be decided",
        "The number lies so near to the middle between two printed values that no precision tells them apart.",
    ),
    "S403": ("a stated value disagrees", "The value given for a quantity is not the one its formula yields."),
    "S404": ("too many paths", "The chain rule along every path would fill pages. Ask for fewer derivatives."),
    "S501": ("a check of the solution failed", "Two independent computations disagree; this is a fault in solver."),
    "S502": (
        "a step of a derivation is not true",
        "The line is not equal to the line before it: at the point named the two sides have different values. Where "
        "one change mends the line, the hint says which.",
    ),
    "S503": ("a printed line does not hold", "A line does not reproduce from its printed numbers. Nothing is written."),
    "S504": (
        "a step could not be checked",
        "The line may agree with the one before it, but no proof was found and at too few points both have a value.",
    ),
    "S505": (
        "a form was not found",
        "The derivative could not be brought into the form asked for, or the equation not be solved step by step. Lead "
        "there with steps: of your own.",
    ),
    "S601": (
        "a character that the fonts do not have",
        "A PDF is set by pdflatex with the Latin Modern fonts, which print Latin script, Greek letters and the usual "
        "signs. Write the word in Latin script, or take the Markdown or the site, where every script is printed.",
    ),
    "S602": ("LaTeX cannot typeset the problem", "The message holds what LaTeX says; the problem is not written."),
    "S901": ("solver failed", "A fault in solver itself. The other problems are worked; SOLVER_DEBUG=1 shows where."),
}  # fmt: skip
"""Each stable code with its title and the long text `solver explain` prints."""
