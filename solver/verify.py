"""CHECKS: run on every solution before a word is written; each computes by another route and raises on a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, fmpq

from solver.derivations.derived import faults_of
from solver.diagnostics import Fault, Path, ProblemError
from solver.document import Chain, Document, Link, chains
from solver.entries import Grids, entries
from solver.expression import Derivative, Expression, Matrix, Number, Symbol, children, substitute, symbols
from solver.graph import Definition, Graph
from solver.identity import are_identical, says
from solver.images import Images, Unknown
from solver.mathtext import text
from solver.names import Name, QuantityName
from solver.polynomial import Monomial, Value
from solver.problem import ChainRule
from solver.rounding import places_of
from solver.routes import SecondRoute
from solver.series import MORE_BITS, value_at
from solver.solution import Solution
from solver.values import evaluate_graph

POINTS = (fmpq(3, 7), fmpq(-5, 11), fmpq(17, 13))
"""Unknowns are given values from here, shifted by their place, so that no two of them are alike."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check yields a fault for each thing in a solution that its own computation contradicts."""

    name: str
    run: Callable[[Solution], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """The same for what is said about a solution."""

    name: str
    run: Callable[[Document, Solution], Iterator[Fault]]


def verify(solution: Solution) -> None:
    """Every check on a solution. Raises ProblemError with all that they find."""
    _refuse(fault for check in CHECKS for fault in check.run(solution))


def verify_document(document: Document, solution: Solution) -> None:
    """Every check on a document, before a word of it is written. Raises ProblemError with all that they find."""
    _refuse(fault for check in DOCUMENT_CHECKS for fault in check.run(document, solution))


def _refuse(faults: Iterable[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise ProblemError(found)


def values_agree(solution: Solution) -> Iterator[Fault]:
    """Values, derivatives and updates against a route of their own, at several points where there are unknowns."""
    graph = solution.full.graph
    unknowns = graph.unknowns
    for point in POINTS if unknowns else POINTS[:1]:
        assigned = {name: point + fmpq(place, 19) for place, name in enumerate(unknowns)}
        route = SecondRoute(graph, solution.problem, solution.run, _at_point(solution, assigned))
        for definition, ours, other in route.differences(assigned):
            yield from _difference(definition, ours, other)


def carried_values_agree(solution: Solution) -> Iterator[Fault]:
    """Where rounded values are carried: each against power series at the values carried so far, to half a unit."""
    if solution.carried is None:
        return
    graph = solution.carried.values.graph
    known: dict[QuantityName, fmpq | arb] = {name: given.value for name, given in graph.givens.items()}
    known |= {name: POINTS[0] + fmpq(place, 19) for place, name in enumerate(graph.unknowns)}
    for definition in graph.definitions:
        name, printed = definition.name, solution.carried.printed.get(definition.name)
        other = value_at(definition, known)
        if printed is None:
            known[name] = other
            continue
        sizes = {monomial: _size(monomial, known) for monomial in printed.numbers}
        total = sum((number.value * sizes[monomial] for monomial, number in printed.numbers.items()), arb(0))
        slack = sum((abs(sizes[m]) / fmpq(10) ** places_of(n) / 2 for m, n in printed.numbers.items()), arb(0))
        known[name] = total
        if definition.stated is None and abs(other - total) > slack:
            yield from _difference(definition, total, other)


def _size(monomial: Monomial, known: Mapping[QuantityName, fmpq | arb]) -> arb:
    """The product of unknowns in front of which a coefficient stands, at the point taken for them."""
    size = arb(1)
    for unknown, power in monomial:
        size = size * arb(known[unknown]) ** power
    return size


def _at_point(solution: Solution, assigned: dict[QuantityName, fmpq]) -> dict[QuantityName, Value]:
    values = solution.full
    if not assigned:
        return dict(values.at(0))
    given = {name: Number(str(value), value) for name, value in assigned.items() if isinstance(name, Name)}
    graph = Graph({**values.graph.givens, **given}, values.graph.definitions)
    return dict(evaluate_graph(graph).at(0))


def _difference(definition: Definition, ours: Value, other: arb) -> Iterator[Fault]:
    assert isinstance(ours, fmpq | arb)
    if not other.is_finite():
        message = f"no precision comes to a second computation of {definition.name.text}, so it cannot be checked"
        yield Fault("S402", message, definition.origin, "take numbers nearer to zero")
    elif not other.overlaps(arb(ours)):
        shown = f"{arb(ours).str(12)} against {other.str(12)}"
        yield Fault("S501", f"two computations of {definition.name.text} differ: {shown}", definition.origin)


def forms_agree(document: Document, solution: Solution) -> Iterator[Fault]:
    """Each form of a formula against the form before it: a rule applied, then tidied; proven over the fractions."""
    if solution.problem.derivation is not None:
        return
    for chain in chains(document.blocks):
        for before, after in pairwise(chain.links):
            derivative_to_take = isinstance(before.member, Derivative)
            if after.role != "rule" or derivative_to_take:
                continue
            sides = [scalars(link.member, document.matrices) for link in (before, after)]
            graph = solution.full.graph
            if not all(
                are_identical(spelled_out(a, graph), spelled_out(b, graph)) for a, b in zip(*sides, strict=True)
            ):
                shown = f"{text(before.member)} and {text(after.member)}"
                yield Fault("S501", f"two forms of one formula differ: {shown}", _origin(chain, solution))


def scalars(node: Expression, matrices: Grids) -> tuple[Expression, ...]:
    """What a formula claims: one expression, or one for each entry of its matrix."""
    matrix = entries(node, matrices)
    return children(matrix) if isinstance(matrix, Matrix) else (matrix,)


def matrices_agree(document: Document, solution: Solution) -> Iterator[Fault]:
    """Each formula of matrices, entry by entry, against the definitions of the entries: proven over the fractions."""
    graph = solution.full.graph
    for chain in chains(document.blocks):
        match chain:
            case Chain(Symbol(left), (Link(role="formula") as formula, *_)) if left in document.matrices:
                found = [graph.by_name[name] for row in document.matrices[left] for name in row]
                said = scalars(formula.member, document.matrices)
                pairs = list(zip(said, found, strict=True)) if len(said) == len(found) else []
                forms = [(entry, (d.expression, *d.forms[:1])) for entry, d in pairs]
                if not forms or not all(any(says(entry, form, graph) for form in own) for entry, own in forms):
                    yield Fault("S501", f"the matrices of {left.text} say another thing than its entries")
            case _:
                pass


def spelled_out(node: Expression, graph: Graph) -> Expression:
    """A formula with each derivative that it names replaced by what that derivative is."""
    named = [name for name in symbols(node) if not isinstance(name, Name) and name in graph.by_name]
    put: dict[QuantityName, Expression] = {name: spelled_out(graph.by_name[name].expression, graph) for name in named}
    return substitute(node, put) if put else node


def lines_hold(document: Document, solution: Solution) -> Iterator[Fault]:
    """Each relation of each line, from the values its members have as printed."""
    for chain in chains(document.blocks):
        for before, after in pairwise(chain.links):
            pairs = list(zip(before.entries or (before.value,), after.entries or (after.value,), strict=True))
            if any(_apart(a, b) for a, b in pairs) if after.relation == "=" else all(_same(a, b) for a, b in pairs):
                shown = f"{text(before.member)} {after.relation} {text(after.member)}"
                yield Fault("S503", f"this line does not hold: {shown}", _origin(chain, solution))


def proofs_hold(_: Document, solution: Solution) -> Iterator[Fault]:
    """What was proven by forms to be one number, or two: once more by images in a prime field, in two draws."""
    for values in (solution.full, *([solution.carried.values] if solution.carried else [])):
        claims = {(text(left), text(right), same): (left, right) for left, right, same in values.forms.claims}
        draws = [Images(values.graph, values.fixed, values.at(MORE_BITS), draw) for draw in (0, 1)] if claims else []
        for (left, right, same), pair in claims.items():
            try:
                agreed = all(images.agree(*pair) for images in draws)
            except Unknown as reason:
                yield Fault("S501", f"{left} and {right} cannot be compared a second time: {reason}")
                continue
            if agreed and not same:
                yield Fault("S501", f"two computations differ on whether {left} is {right}")
            elif same and not agreed:
                yield Fault("S402", f"{left} is {right} by one proof, but by no second one")


def _apart(first: Value | None, second: Value | None) -> bool:
    """Whether two values are known to be different numbers."""
    if not isinstance(first, fmpq | arb) or not isinstance(second, fmpq | arb):
        return False
    return not arb(first).overlaps(arb(second))


def _same(first: Value | None, second: Value | None) -> bool:
    """Whether two values are known to be one number."""
    return isinstance(first, fmpq) and isinstance(second, fmpq) and first == second


def _origin(chain: Chain, solution: Solution) -> Path:
    """Where the quantity on the left of a chain stands in the spec."""
    match chain.left:
        case Symbol(name) if name in solution.full.graph.by_name:
            return solution.full.graph.by_name[name].origin
        case _:
            return ()


def steps_hold(solution: Solution) -> Iterator[Fault]:
    """Each line of a derivation against the one before it; what is not proven is not printed."""
    if solution.derived is None or isinstance(solution.problem.derivation, ChainRule):
        return  # along definitions each line is compared in the names that it stands in, when it is found
    for working in solution.derived.all_workings:
        yield from faults_of(working, solution.derived.meaning)


CHECKS = (
    Check("values and derivatives by two routes", values_agree),
    Check("carried values by two routes", carried_values_agree),
    Check("each line of a derivation equals the one before", steps_hold),
)
DOCUMENT_CHECKS = (
    DocumentCheck("two forms of one formula", forms_agree),
    DocumentCheck("matrices and their entries", matrices_agree),
    DocumentCheck("each relation of each line", lines_hold),
    DocumentCheck("numbers proven to be exact", proofs_hold),
)
