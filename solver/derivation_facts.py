"""What is said of a function before it is differentiated: its domain, and where it has no derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.derivations.derived import Derived
from solver.derivations.domain import domain, roots_in
from solver.document import Condition, Inline, Math, Text, sentence
from solver.expression import Symbol
from solver.problem import Derivation

Words = Mapping[str, str]
Said = tuple[Inline, ...]


def facts(derivation: Derivation, derived: Derived, words: Words) -> Iterator[Said]:
    """The domain, and each point at which there is no derivative; nothing more for several variables."""
    function, by = derivation.functions[0], derivation.by[0]
    bounds = domain(function.formula, by)
    conditions: list[Inline] = [Condition(bound.left, bound.relation, bound.right) for bound in bounds]
    yield (
        sentence(words["domain"], conditions=tuple(_listed(conditions)))
        if conditions
        else sentence(words["everywhere"])
    )
    if len(derivation.by) > 1:
        return
    said = False
    for kink in derived.kinks:
        said = True
        point = Math(Symbol(by), "=", kink.point)
        key = "jump" if kink.jumps else "smooth" if kink.is_smooth else "kink"
        yield sentence(words[key], point=point, left=Math(kink.slopes[0]), right=Math(kink.slopes[1]))
    for inside in roots_in(function.formula, by):
        said = True
        yield sentence(words["root"], inside=Math(inside))
    if not said:
        yield sentence(words["differentiable"])


def given_numbers(derivation: Derivation) -> Said:
    """The numbers that stand for symbols in the plot and in the check."""
    return tuple(_listed([Math(Symbol(name), "=", number) for name, number in derivation.example.items()]))


def _listed(parts: Sequence[Inline]) -> Iterator[Inline]:
    for place, part in enumerate(parts):
        if place:
            yield Text(", ")
        yield part
