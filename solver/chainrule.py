"""The chain rule on a graph of definitions: along every path, or by deltas from the loss back to each parameter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.calculus import local_derivative
from solver.diagnostics import Path
from solver.expression import ONE, Call, Expression, Negate, Product, Sum, Symbol, Term, symbols
from solver.graph import Definition, Graph
from solver.names import Local, Name, QuantityName, Total
from solver.shortcuts import Shortcut, shortcut_of
from solver.tidy import rational, tidy

MAX_PATHS = 64
"""Paths written out for one derivative; a page with more is not read by anyone."""
FEW_PATHS = 4
"""Up to so many paths from the loss to a parameter the chain rule is written along each, unless a method is named."""

IsOne = Callable[[Sequence[Expression]], bool]


def paths(graph: Graph, of: Name, by: Name) -> Iterator[tuple[Name, ...]]:
    """Every way from a quantity down to a name it depends on, first the one through what is read first."""
    return _ways(graph, of, by, _dependent(graph, (by,)))


def _ways(graph: Graph, of: Name, by: Name, dependent: Collection[QuantityName]) -> Iterator[tuple[Name, ...]]:
    if of == by:
        yield (by,)
    elif of in dependent:
        for read in graph.by_name[of].reads:
            if isinstance(read, Name):
                for rest in _ways(graph, read, by, dependent):
                    yield (of, *rest)


def links(path: Sequence[Name]) -> tuple[Local, ...]:
    """The local derivatives along a path, from the loss towards the parameter."""
    return tuple(Local(of, by) for of, by in pairwise(path))


def path_counts(graph: Graph, of: Name) -> Mapping[QuantityName, int]:
    """How many paths lead from a quantity to each name it depends on; counted, not walked."""
    counts: dict[QuantityName, int] = {of: 1}
    for definition in reversed(graph.definitions):
        if definition.name in counts:
            for read in definition.reads:
                counts[read] = counts.get(read, 0) + counts[definition.name]
    return counts


def along_paths(graph: Graph, of: Name, by: Name, origin: Path) -> Iterator[Definition]:
    """The local derivatives along every path, and their products added."""
    softmaxes = softmax_units(graph)
    products: list[Expression] = []
    for way in paths(graph, of, by):
        factors: list[Expression] = []
        for place, local in enumerate(links(way)):
            slope = local_derivative(local.of, graph.by_name[local.of].expression, local.by, softmaxes)
            if place == 0 and slope == ONE and len(way) > 2:
                continue  # the loss is a sum, and each path begins at its part
            yield Definition(local, slope, origin)
            factors.append(Symbol(local))
        products.append(factors[0] if len(factors) == 1 else Product(tuple(factors)))
    yield Definition(Total(of, by), _added(products), origin)


@dataclass(slots=True)
class Backprop:
    """Derivatives of one quantity, each from those nearer to it: the cost grows with the number of edges.

    Where a local derivative is a name or a number it stands in the formula itself; others are definitions of their
    own. A derivative that is a plain number is not defined unless it is asked for.
    """

    graph: Graph
    of: Name
    by: Sequence[Name]
    origin: Path
    is_one: IsOne

    def definitions(self) -> Iterator[Definition]:
        formulas = {d.name: d.expression for d in self.graph.definitions if isinstance(d.name, Name)}
        nodes = self.between(formulas)
        readers: dict[Name, list[Name]] = {}
        between, softmaxes, asked = {*nodes}, softmax_units(self.graph), {*self.by}
        slopes = {
            name: local_derivatives(self.graph.by_name[name], between, softmaxes)
            for name in (*nodes, self.of)
            if name in formulas
        }
        for name, own in slopes.items():
            for read in own:
                readers.setdefault(read, []).append(name)

        def local(of: Name, by: Name) -> Expression:
            return slopes[of][by]

        known: dict[Name, Expression] = {self.of: ONE}
        last = [name for name in self.by if not slopes.get(name)]
        for name in self.from_the_loss(nodes, readers, last):
            shortcut = shortcut_of(name, readers, formulas, self.of, local, self.is_one)
            definition = yield from self.derivative(name, readers.get(name, ()), slopes, known, shortcut)
            plain = rational(definition.expression)
            if name in asked or plain is None:
                yield definition
            if name in slopes:  # others are derived from it
                known[name] = Symbol(definition.name) if plain is None else definition.expression if plain != 1 else ONE

    def from_the_loss(
        self, nodes: Sequence[Name], readers: Mapping[Name, Sequence[Name]], last: Sequence[Name]
    ) -> list[Name]:
        """Each after all that reads it: by its longest way to the quantity, then in the order of the definitions.

        Of those equally far the `last` come last: what is asked for and nothing more is derived from.
        """
        far = {self.of: 0}
        for name in reversed(nodes):
            far[name] = 1 + max(far[reader] for reader in readers[name])
        ending = {*last}
        return sorted([*(name for name in nodes if name not in ending), *last], key=far.__getitem__)

    def between(self, formulas: Mapping[Name, Expression]) -> list[Name]:
        """What lies between the quantity and what it is derived by, in the order of the definitions."""
        above: set[QuantityName] = {self.of}
        for name in reversed([*formulas]):
            if name in above:
                above.update(self.graph.by_name[name].reads)
        below = _dependent(self.graph, self.by)
        leaves = [name for name in self.by if name not in formulas and name in above]
        inner = [name for name in formulas if name in above and name in below and name != self.of]
        return [*reversed(leaves), *inner]

    def derivative(
        self,
        name: Name,
        readers: Sequence[Name],
        slopes: Mapping[Name, Mapping[Name, Expression]],
        known: Mapping[Name, Expression],
        shortcut: Shortcut | None,
    ) -> Generator[Definition, None, Definition]:
        """The local derivatives that are worked on their own; returns the definition of the derivative by `name`."""
        total = Total(self.of, name)
        direct = list(readers) == [self.of]
        terms: list[Expression] = []
        for reader in readers:
            slope = slopes[reader][name]
            written_out = shortcut is not None and bool(shortcut.forms)
            if not _is_plain(slope) and (written_out or not (direct or shortcut)):
                yield Definition(Local(reader, name), slope, self.origin)
                slope = Symbol(Local(reader, name))
            terms.append(tidy(Product((known[reader], slope))))
        if shortcut is not None:
            return Definition(total, shortcut.result, self.origin, forms=shortcut.forms, since=shortcut.since)
        return Definition(total, _added(terms), self.origin)


def softmax_units(graph: Graph) -> Mapping[Expression, Symbol]:
    """The outputs of softmax units, by their formulas: the derivative of one is written with those of the others."""
    calls = (d for d in graph.definitions if isinstance(d.expression, Call) and d.expression.function == "softmax")
    return {d.expression: Symbol(d.name) for d in calls}


def local_derivatives(
    definition: Definition, by: Collection[Name], units: Mapping[Expression, Symbol]
) -> Mapping[Name, Expression]:
    """The derivative of a definition by each of these names in its formula; a long sum is gone through once."""
    name, formula = definition.name, definition.expression
    assert isinstance(name, Name)
    reads = [read for read in definition.reads if isinstance(read, Name) and read in by]
    if not isinstance(formula, Sum):
        return {read: local_derivative(name, formula, read, units) for read in reads}
    own: dict[Name, list[Term]] = {read: [] for read in reads}
    for term in formula.terms:
        for read in symbols(term.value):
            if isinstance(read, Name) and read in own:
                own[read].append(term)
    return {read: local_derivative(name, _of_terms(terms), read, units) for read, terms in own.items()}


def _of_terms(terms: Sequence[Term]) -> Expression:
    """Some terms of a sum as a formula of their own."""
    return terms[0].value if len(terms) == 1 and terms[0].sign > 0 else Sum(tuple(terms))


def _dependent(graph: Graph, by: Sequence[Name]) -> set[QuantityName]:
    """The names, and every definition that depends on one of them."""
    found: set[QuantityName] = {*by}
    for definition in graph.definitions:
        if isinstance(definition.name, Name) and not found.isdisjoint(definition.reads):
            found.add(definition.name)
    return found


def _is_plain(slope: Expression) -> bool:
    """Whether a local derivative needs no line of its own: a name, a number, or one with its sign changed.

    One that is zero has a line, which says why: the derivative of a step, or of a function at its kink.
    """
    match slope:
        case Symbol() | Negate(Symbol()):
            return True
        case _:
            return bool(rational(slope))


def _added(terms: Sequence[Expression]) -> Expression:
    if len(terms) == 1:
        return terms[0]
    return Sum(tuple(_term(term) for term in terms))


def _term(value: Expression) -> Term:
    return Term(-1, value.operand) if isinstance(value, Negate) else Term(1, value)
