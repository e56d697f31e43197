"""Of many parameters one of each kind is worked in full; the others stand in tables.

Each cell is a line of its own, formula, numbers and result, and is read back like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from solver.backward import Backward, in_rows
from solver.closing import Closing
from solver.document import Block, Chain, Inline, Math, Paragraph, Section, Table, Text, sentence
from solver.expression import ONE, Expression, Number, Product, Sum, Symbol, Term, rebuild, substitute
from solver.goals import MANY, Update
from solver.graph import Definition
from solver.lines import brief_links
from solver.mathtext import text
from solver.measure import PAGE, TEXT, width
from solver.names import Local, Name, QuantityName, Total
from solver.problem import Problem
from solver.rows import GAP
from solver.training import Turn
from solver.updates import worked_names

BROAD = 3 * PAGE // 2
"""Digits of the widest row of a table; one with more columns than have room goes on in another below it."""

Column = tuple[str, Sequence[QuantityName]]
"""The word at the head of a column, and what stands below it."""


@dataclass(slots=True)
class Alike:
    """Finds what is worked alike, and lays it out."""

    problem: Problem
    backward: Backward
    closing: Closing
    readers: Mapping[QuantityName, object] = field(init=False)
    """The layer of the unit that reads a parameter first."""

    def __post_init__(self) -> None:
        found: dict[QuantityName, object] = {}
        for group in self.problem.groups:
            if group.unit:
                for name in self.problem.graph.by_name[group.unit.net_input].reads:
                    found.setdefault(name, (group.unit.layer, group.unit.is_output))
        self.readers = found

    @property
    def words(self) -> Mapping[str, str]:
        return self.backward.words

    def are_many(self, names: Sequence[Name]) -> bool:
        """Whether only one of each kind is worked in full."""
        return len(names) > MANY and self.problem.head.detail != "full"

    def kinds(self, names: Sequence[Name], gradient: Callable[[Name], Total]) -> list[list[Name]]:
        """The parameters that are worked alike: of a network by layer and role, else by the form of their gradients."""
        kinds: dict[object, list[Name]] = {}
        for name in names:
            kinds.setdefault(self.kind(name) or self.form(gradient(name)), []).append(name)
        return list(kinds.values())

    def kind(self, name: Name) -> object:
        """The layer and the role of what a unit reads; nothing for anything else."""
        own = name.plain
        return (self.readers[own], self.problem.roles.get(own)) if own in self.readers else None

    def form(self, total: Total) -> str:
        """The formula of a gradient without its names and numbers."""
        graph = self.backward.graph
        definition = graph.by_name.get(total)
        if definition is None:
            return total.text
        local: dict[QuantityName, Expression] = {
            n: graph.by_name[n].expression for n in definition.reads if isinstance(n, Local)
        }
        return text(_blank(substitute(definition.expression, local)))

    def room(self, count: int) -> int:
        """How many rows of a table stand on the page; all where a later pass begins with what they give."""
        run = self.closing.run
        return count if run.updates > 1 or run.again else self.closing.room(count)

    def update_section(self, goal: Update, turn: Turn, names: Sequence[Name], derived: bool) -> Section:
        """What is worked for each parameter, from the gradient, unless it is `derived` before, to the new value."""
        of = turn.scope.name(goal.minimise)
        shown = names[: self.room(len(names))]
        columns: list[Column] = []
        if not derived:
            columns.append(("gradient", [Total(of, turn.scope.name(name)) for name in shown]))
        for quantities in zip(*(worked_names(goal, name, turn.step) for name in shown), strict=True):
            columns.append((f"column {quantities[0].base} of {goal.optimizer.name}", quantities))
        columns.append(("new", [turn.new(name) for name in shown]))
        return self.section(names, columns, len(names) - len(shown), f"update {names[0].text} and others")

    def gradient_section(self, of: Name, names: Sequence[Name]) -> Section:
        """The gradient of each name."""
        shown = names[: self.room(len(names))]
        columns = [("gradient", [Total(of, name) for name in shown])]
        return self.section(names, columns, len(names) - len(shown), f"gradient {Total(of, names[0]).text} and others")

    def gradients(self, of: Name, names: Sequence[Name]) -> Iterator[Block]:
        """The gradients of all kinds in one table."""
        shown: list[Name] = []
        for first, *rest in self.kinds(names, partial(Total, of)):
            shown += [first, *rest[: self.room(len(rest))]]
        yield from self.tables([("gradient", [Total(of, name) for name in shown])])
        yield from self.closing.left_out(len(names) - len(shown))

    def section(self, names: Sequence[Name], columns: Sequence[Column], more: int, key: str) -> Section:
        title = sentence(self.words["likewise"], parameter=Math(Symbol(names[0])), last=Math(Symbol(names[-1])))
        return Section(self.backward.level, title, (*self.tables(columns), *self.closing.left_out(more)), key)

    def tables(self, columns: Sequence[Column]) -> Iterator[Block]:
        """The local derivatives that are new, then the columns, as many beside each other as have room."""
        graph = self.backward.graph
        slopes = self.slopes([graph.by_name[name] for _, names in columns for name in names])
        if slopes:
            yield Paragraph(sentence(self.words["new factors"]))
            yield from in_rows(slopes)
        beside: list[tuple[str, list[Math]]] = []
        for word, names in columns:
            cells = [self.cell(name) for name in names]
            if beside and sum(_width(own) for _, own in beside) + _width(cells) > BROAD:
                yield self.table(beside)
                beside = []
            beside.append((word, cells))
        yield self.table(beside)

    def slopes(self, definitions: Sequence[Definition]) -> list[Chain]:
        was, self.backward.brief = self.backward.brief, True
        found = self.backward.new_slopes([d for d in definitions if not _is_slope(d)])
        self.backward.brief = was
        return found

    def table(self, columns: Sequence[tuple[str, Sequence[Math]]]) -> Table:
        header = tuple((Text(self.words[word]),) for word, _ in columns)
        rows: list[tuple[tuple[Inline, ...], ...]] = [
            tuple((cell,) for cell in row) for row in zip(*(cells for _, cells in columns), strict=True)
        ]
        return Table(header, tuple(rows))

    def cell(self, name: QuantityName) -> Math:
        """A definition in one line; what the page has found before, with its value alone."""
        definition = self.backward.graph.by_name[name]
        if isinstance(name, Total):
            if name in self.backward.found_in:
                return self.backward.equality(name)
            self.backward.found_in[name] = 0
            if _is_slope(definition):
                definition = replace(definition, expression=self.backward.graph.by_name[definition.reads[0]].expression)
        first, *rest = brief_links(self.backward.board, definition, self.words)
        further = tuple((link.relation, link.member) for link in rest)
        return Math(Symbol(name), first.relation, first.member, further)


def _is_slope(definition: Definition) -> bool:
    """Whether a derivative is a local derivative by another name: the loss holds the parameter itself and alone."""
    match definition.name:
        case Total(of, by):
            return definition.expression == Symbol(Local(of, by))
        case _:
            return False


def _blank(node: Expression) -> Expression:
    """A formula with one letter for the derivatives in it, one for other names, one for numbers, in whatever order."""
    match node:
        case Symbol(name):
            return Symbol(Name("d" if isinstance(name, Total | Local) else "x"))
        case Number():
            return ONE
        case Sum(terms):
            blank = (Term(term.sign, _blank(term.value)) for term in terms)
            return Sum(tuple(sorted(blank, key=lambda term: (term.sign, text(term.value)))))
        case Product(factors):
            return Product(tuple(sorted(map(_blank, factors), key=text)))
        case _:
            return rebuild(node, _blank)


def _width(cells: Sequence[Math]) -> float:
    """How wide a column is: that of its widest cell."""
    return max(sum(width(part, TEXT) + GAP for part in _parts(cell)) for cell in cells)


def _parts(cell: Math) -> Iterator[Expression]:
    yield from (part for part in (cell.left, cell.right) if part is not None)
    yield from (member for _, member in cell.further)
