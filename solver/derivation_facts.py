"""What is said of a function before it is differentiated: its domain, and where it has no derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.derivations.derived import Derived
from solver.derivations.domain import domain, roots_in
from solver.document import Condition, Inline, Math, Text, sentence
from solver.expression import Symbol, symbols
from solver.names import Name
from solver.problem import Derivation

Words = Mapping[str, str]
Said = tuple[Inline, ...]


def facts(derivation: Derivation, derived: Derived, words: Words) -> Iterator[Said]:
    """The domain, and each point at which there is no derivative; nothing more for several variables."""
    function, by = derivation.functions[0], derivation.by[0]
    bounds = domain(function.formula, by)
    conditions: list[Inline] = [Condition(bound.left, bound.relation, bound.right) for bound in bounds]
    key = "everywhere" if not conditions else "domain"
    if conditions and not any(by in symbols(side) for bound in bounds for side in (bound.left, bound.right)):
        key = "everywhere for"
    yield sentence(words[key], conditions=tuple(_listed(conditions)))
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


def given_numbers(derivation: Derivation, but: Sequence[Name] = ()) -> Said:
    """The numbers that stand for symbols in the plot and in the check, but for those of some names."""
    numbers = [Math(Symbol(name), "=", number) for name, number in derivation.example.items() if name not in but]
    return tuple(_listed(numbers))


def _listed(parts: Sequence[Inline]) -> Iterator[Inline]:
    for place, part in enumerate(parts):
        if place:
            yield Text(", ")
        yield part
