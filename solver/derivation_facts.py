"""What is said of functions before they are differentiated: their domain, and where they have no derivative."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from flint import fmpq

from solver.derivations.derived import Derived, Kink, Working
from solver.derivations.domain import bound, domain, factor_of_root, roots_in
from solver.derivations.meaning import Meaning
from solver.derivations.pieces import switched
from solver.derivations.proof import compare
from solver.derivations.roots import Unknown, roots_of, sign_of
from solver.derivations.surfaces import Surface, surfaces
from solver.derivations.written import in_form
from solver.document import Condition, Inline, Math, listed, sentence
from solver.evaluate import evaluate
from solver.expression import ZERO, Call, Expression, Symbol, reads, substitute, symbols, walk
from solver.functions import FUNCTIONS, Undecided
from solver.names import Name, Prime, Second, Total
from solver.problem import Derivation, FunctionDefinition
from solver.rounding import decimal

Words = Mapping[str, str]
Said = tuple[Inline, ...]


def facts(derivation: Derivation, derived: Derived, words: Words) -> Iterator[Said]:
    """The domain, and whether there is a derivative in all of it."""
    signs: list[Inline] = [Condition(Symbol(name), "≥", ZERO) for name in derivation.not_negative]
    if signs:
        yield sentence(words["signs"], conditions=listed(signs))
    yield _domain(derivation, words)
    if not exceptions(derivation, derived, words):
        yield sentence(words["differentiable"])


def exceptions(derivation: Derivation, derived: Derived, words: Words, taken: bool = False) -> tuple[Said, ...]:
    """Each place at which there is no derivative, or a formula changes; with what is `taken` at a kink."""
    if derived.pieces:
        found = [_kink(kink, derivation, derived, words, taken) for kink in derived.kinks]
    else:
        found = [
            _surface(surface, function, derived, words)
            for function in derivation.functions for surface in surfaces(function.formula, derivation.by)
        ]  # fmt: skip
    for function in derivation.functions:
        found.extend(_roots(function.formula, derivation.by, words))
    return tuple(dict.fromkeys(found))


def conditions(derivation: Derivation, derived: Derived) -> tuple[Condition, ...]:
    """Where the lines of the derivatives hold: not where a formula changes, or where a root is zero."""
    by = derivation.by
    found = [
        Condition(Symbol(by[0]), "≠", kink.point) for kink in derived.kinks if not kink.is_smooth
    ] if derived.pieces else [
        Condition(surface.switch, "≠", ZERO)
        for function in derivation.functions for surface in surfaces(function.formula, by)
    ]  # fmt: skip
    for function in derivation.functions:
        for inside, grows in _in_roots(function.formula, by):
            condition = bound(inside, ">", by) if grows is not False else None
            if condition is not None:
                found.append(Condition(condition.left, condition.relation, condition.right))
    return tuple(dict.fromkeys(found))


def jumps(derived: Derived, words: Words) -> Iterator[Said]:
    """What the functions are that come in with a derivative: Step is 1 above zero and 0 below."""
    nodes = [part for working in derived.workings for step in working.steps for part in walk(step.after)]
    for name in dict.fromkeys(node.function for node in nodes if isinstance(node, Call)):
        cases = FUNCTIONS[name].cases if name in FUNCTIONS else None
        sides = [cases.of(sign) for sign in (1, -1)] if cases is not None else []
        if sides and not any(symbols(side) for side in sides):
            yield sentence(words["jumping"], function=FUNCTIONS[name].word, above=Math(sides[0]), below=Math(sides[1]))


def mixed(derived: Derived, words: Words) -> Iterator[Said]:
    """Mixed second derivatives that are the same whichever variable comes first."""
    found: dict[Second, Working] = {}
    for working in derived.workings:
        if not isinstance(working.name, Second):
            continue
        found[working.name] = working
        other = found.get(Second(working.name.of, working.name.then, working.name.by), working)
        if other is not working and compare(working.result, other.result, derived.meaning).outcome == "equal":
            yield sentence(words["mixed"], first=Math(other.left), second=Math(working.left))


def _domain(derivation: Derivation, words: Words) -> Said:
    variables, signs = derivation.functions[0].variables, derivation.not_negative
    formulas = [function.formula for function in derivation.functions]
    bounds = dict.fromkeys(one for formula in formulas for one in domain(formula, variables, signs))
    if bounds:
        conditions: list[Inline] = [Condition(one.left, one.relation, one.right) for one in bounds]
        of_variables = any(reads(side, name) for name in variables for one in bounds for side in (one.left, one.right))
        key = "domain" if of_variables or len(variables) > 1 else "everywhere for"
        return sentence(words[key], conditions=listed(conditions))
    if len(variables) == 1:
        return sentence(words["everywhere"])
    return sentence(words["everywhere in"], names=listed([Math(Symbol(name)) for name in variables]))


def _kink(kink: Kink, derivation: Derivation, derived: Derived, words: Words, taken: bool) -> Said:
    point = Math(Symbol(derivation.by[0]), "=", kink.point)
    if kink.slopes is None:
        return sentence(words["jump" if kink.jumps else "no slope"], point=point)
    left, right = map(Math, kink.slopes)
    key = "jump" if kink.jumps else "smooth" if kink.is_smooth else "kink"
    said = sentence(words[key], point=point, left=left, right=right)
    if not taken or kink.is_smooth:
        return said
    return (*said, *sentence(words["convention"], value=Math(_taken(kink, derivation.by[0], derived))))


def _taken(kink: Kink, by: Name, derived: Derived) -> Expression:
    """The value that the derivative by rule has at a kink."""
    put = substitute(derived.meaning.spelled_out(derived.workings[0].result), {by: kink.point})
    try:
        value = evaluate(put, {})
        return decimal(value) if isinstance(value, fmpq) and (value * 10**6).q == 1 else put
    except Undecided:  # at a root like sqrt(2), of which no number of digits is the whole
        return in_form(put, "expand")


def _surface(surface: Surface, function: FunctionDefinition, derived: Derived, words: Words) -> Said:
    switch = Math(surface.switch)
    if not surface.slopes:
        return sentence(words["perhaps"], inside=switch)
    own = [w.name for w in derived.workings if isinstance(w.name, Total | Prime) and w.name.of == function.name]
    names = {name.by: name for name in own}
    taken = [(Math(Symbol(names[one.by])), one) for one in surface.slopes]
    below = listed(sentence(words["slope"], taken=name, value=Math(one.below)) for name, one in taken)
    above = listed(sentence(words["slope"], taken=name, value=Math(one.above)) for name, one in taken)
    slopes = sentence(words["slopes"], below=below, above=above)
    claim = "none at" if surface.claim == "none" else "unless equal"
    key = claim if len(surface.slopes) == 1 or claim == "none at" else "unless all equal"
    return sentence(words[key], inside=switch, slopes=slopes)


def _roots(formula: Expression, by: Sequence[Name], words: Words) -> Iterator[Said]:
    """Where a square root is zero: said to have no derivative where the slope is known to grow without bound."""
    for inside, grows in _in_roots(formula, by):
        if grows is not False:
            yield sentence(words["perhaps root" if grows is None else "root"], inside=Math(inside))


def _in_roots(formula: Expression, by: Sequence[Name]) -> Iterator[tuple[Expression, bool | None]]:
    """What stands under square roots, with whether the slope grows without bound where it is zero."""
    for inside in roots_in(formula, by):
        if not switched(inside, by[0]):
            yield inside, _grows(formula, inside, by[0]) if len(by) == 1 else None


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
