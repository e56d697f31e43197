"""What is said of functions before they are differentiated: their domain, and where they have no derivative."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from solver.derivations.derived import Derived, Kink
from solver.derivations.domain import domain, factor_of_root, roots_in
from solver.derivations.meaning import Meaning
from solver.derivations.pieces import switched
from solver.derivations.proof import compare
from solver.derivations.roots import Unknown, roots_of, sign_of
from solver.derivations.surfaces import Surface, surfaces
from solver.document import Condition, Inline, Math, listed, sentence
from solver.expression import ZERO, Expression, Symbol, reads, substitute
from solver.names import Name, Prime, Total
from solver.problem import Derivation, FunctionDefinition

Words = Mapping[str, str]
Said = tuple[Inline, ...]


def facts(derivation: Derivation, derived: Derived, words: Words) -> Iterator[Said]:
    """The domain, and each place at which there is no derivative."""
    variables = derivation.functions[0].variables
    formulas = [function.formula for function in derivation.functions]
    yield _domain(formulas, variables, words)
    if derived.pieces:
        found = [_kink(kink, derivation.by[0], words) for kink in derived.kinks]
    else:
        found = [
            _surface(surface, function, derived, words)
            for function in derivation.functions for surface in surfaces(function.formula, derivation.by)
        ]  # fmt: skip
    for formula in formulas:
        found.extend(_roots(formula, derivation.by, words))
    yield from dict.fromkeys(found) or [sentence(words["differentiable"])]


def _domain(formulas: Sequence[Expression], variables: Sequence[Name], words: Words) -> Said:
    bounds = dict.fromkeys(bound for formula in formulas for bound in domain(formula, variables))
    if bounds:
        conditions: list[Inline] = [Condition(bound.left, bound.relation, bound.right) for bound in bounds]
        of_variables = any(
            reads(side, name) for name in variables for bound in bounds for side in (bound.left, bound.right)
        )
        key = "domain" if of_variables or len(variables) > 1 else "everywhere for"
        return sentence(words[key], conditions=listed(conditions))
    if len(variables) == 1:
        return sentence(words["everywhere"])
    return sentence(words["everywhere in"], names=listed([Math(Symbol(name)) for name in variables]))


def _kink(kink: Kink, by: Name, words: Words) -> Said:
    point = Math(Symbol(by), "=", kink.point)
    if kink.jumps:
        return sentence(words["jump"], point=point)
    if kink.slopes is None:
        return sentence(words["no slope"], point=point)
    left, right = map(Math, kink.slopes)
    return sentence(words["smooth" if kink.is_smooth else "kink"], point=point, left=left, right=right)


def _surface(surface: Surface, function: FunctionDefinition, derived: Derived, words: Words) -> Said:
    switch = Math(surface.switch)
    if surface.by is None or surface.below is None or surface.above is None:
        return sentence(words["perhaps"], inside=switch)
    own = (w.name for w in derived.workings if isinstance(w.name, Total | Prime) and w.name.of == function.name)
    taken = next(name for name in own if name.by == surface.by)
    return sentence(
        words["none at" if surface.claim == "none" else "unless equal"],
        inside=switch, taken=Math(Symbol(taken)), below=Math(surface.below), above=Math(surface.above),
    )  # fmt: skip


def _roots(formula: Expression, by: Sequence[Name], words: Words) -> Iterator[Said]:
    """Where a square root is zero: said to have no derivative where the slope is known to grow without bound."""
    for inside in roots_in(formula, by):
        if switched(inside, by[0]):
            continue
        grows = _grows(formula, inside, by[0]) if len(by) == 1 else None
        if grows is None:
            yield sentence(words["perhaps root"], inside=Math(inside))
        elif grows:
            yield sentence(words["root"], inside=Math(inside))


def _grows(formula: Expression, inside: Expression, by: Name) -> bool | None:
    """Whether the slope grows without bound where a square root is zero; None where that is not found out.

    With f = a + b*sqrt(u) and u zero once, it does where b is not zero, and where b is zero it does not.
    """
    try:
        roots, factor = roots_of(inside, by), factor_of_root(formula, inside)
        if factor is None or not all(root.is_simple for root in roots):
            return None
        at = [substitute(factor, {by: root.point}) for root in roots]
        signs = [0 if compare(value, ZERO, Meaning()).outcome == "equal" else sign_of(value) for value in at]
    except Unknown:
        return None
    return all(signs) if all(signs) or not any(signs) else None


def given_numbers(derivation: Derivation, without: Collection[Name] = ()) -> Said:
    """The numbers that stand for symbols in the plot and in the check."""
    numbers = ((name, number) for name, number in derivation.example.items() if name not in without)
    return listed([Math(Symbol(name), "=", number) for name, number in numbers])
