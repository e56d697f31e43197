"""A derivation -> the plot of its function with the derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flint import fmpq

from solver.curves import Curve, plot_with_legend
from solver.derivation_facts import given_numbers
from solver.derivations.derived import Derived
from solver.derivations.kinks import breaks_of
from solver.document import Block, Figure, Math, Paragraph, sentence
from solver.expression import Expression, Symbol
from solver.problem import Derivation
from solver.rounding import decimal
from solver.tidy import written


def plots(derivation: Derivation, derived: Derived, words: Mapping[str, str]) -> Iterator[Block]:
    """The first function and its first derivative, where the author asks for it; with numbers for further names."""
    if derivation.plot is None:
        return
    start, stop = derivation.plot.start, derivation.plot.stop
    function, working = derivation.functions[0], derived.workings[0]
    curves = [
        Curve(derived.meaning.spelled_out(function.formula), function.call),
        Curve(derived.meaning.spelled_out(working.result), working.left),
    ]
    known = {name: number.value for name, number in derivation.example.items()}
    breaks = breaks_of(curves[0].formula, derivation.by[0], derivation.example)
    drawing = plot_with_legend(curves, derivation.by[0], start, stop, known, breaks)
    said = sentence(
        words["plot"], function=Math(function.call), derivative=Math(working.left),
        by=Math(Symbol(derivation.by[0])), start=Math(_number(start)), stop=Math(_number(stop)),
    )  # fmt: skip
    if derivation.example:
        said = (*said, *sentence(words["plot with"], numbers=given_numbers(derivation, derivation.by[:1])))
    yield Figure(drawing, said)
    if derivation.example:
        yield Paragraph(said)


def _number(value: fmpq) -> Expression:
    """The end of a range: a decimal number where it is one."""
    return decimal(value) if (value * 10**6).q == 1 else written(value)
