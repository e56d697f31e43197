"""Backpropagation as it is worked on the board: derivatives from the loss back, each from those nearer to it.

The first unit of a layer is worked in full, the others of the layer in brief.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from solver.backward import STEPS, Backward
from solver.document import Block, Chain, Math, Paragraph, Section, Text, sentence
from solver.excerpt import left_out, worked_alike
from solver.expression import Symbol, symbols
from solver.graph import Definition
from solver.names import Local, Name, QuantityName, Total
from solver.problem import Problem, Unit
from solver.training import Scope


@dataclass(slots=True)
class Deltas:
    """Lays out one sweep from the loss back; `parameters` are left to sections of their own."""

    backward: Backward
    problem: Problem
    scope: Scope
    for_steps: Set[QuantityName] = frozenset()
    """What nothing reads but the steps that lead to a shortcut: in brief, once these were shown, it is left out."""

    def sections(self, of: Name, parameters: Sequence[Name]) -> Iterator[Section]:
        """What lies between the loss and the parameters, a section a unit; one section where there are no units."""
        found = self.worked(of, parameters)
        if not found:
            return
        self.backward.found_in |= {d.name: 0 for d in found if isinstance(d.name, Total)}
        self.for_steps = self.read_by_steps(of, parameters, found)
        words, level = self.backward.words, self.backward.level
        units = {self.scope.name(name): g.unit for g in self.problem.groups if g.unit for name in self.names(g.unit)}
        shares = {self.scope.name(name) for group in self.problem.groups if group.softmax for name in group.names}
        by_shares: list[Definition] = []
        parts: dict[Name | None, list[Definition]] = {}
        skipped = left_out(self.problem)
        for definition in found:
            unit = units.get(_place(definition))
            if _place(definition) in shares and not (unit and unit.name in skipped):
                by_shares.append(definition)
            else:
                parts.setdefault(unit.name if unit else None, []).append(definition)
        shared = tuple(self.of_shares(by_shares)) if by_shares else ()  # the delta of each unit reads those of all
        inner: list[Block] = []
        told: set[tuple[int, bool]] = set()
        by_name = {unit.name: unit for unit in units.values()}
        for unit_name, definitions in parts.items():
            if unit_name in skipped:
                inner.extend(self.likewise(by_name[unit_name], of, skipped, by_name.values()))
                continue
            if unit_name is None:
                blocks = tuple(self.lines(definitions, brief=self.backward.brief))
                title = sentence(words["from the loss"], loss=Math(Symbol(of)))
                inner[:0] = [Section(level + 1, title, blocks, f"delta {of.text}")] if len(parts) > 1 else blocks
                continue
            unit = by_name[unit_name]
            kind = (unit.layer, unit.is_output)
            brief = self.backward.brief or (kind in told and self.problem.head.detail != "full")
            told.add(kind)
            title = sentence(words["back through"], unit=unit_title(unit))
            blocks = tuple(self.lines(definitions, brief))
            inner.append(Section(level + 1, title, blocks, f"delta {unit.name.text}"))
        if shared:
            place = 1 if None in parts and len(parts) > 1 else 0
            inner.insert(place, Section(level + 1, (Text(words["back to shares"]),), shared, "outputs of softmax"))
        opening = (self.opening(of, found, bool(units)),) if self.backward.is_new(f"deltas of {of.plain.text}") else ()
        yield Section(level, (Text(words["backward"]),), (*opening, *inner), "backward")

    def of_shares(self, definitions: Sequence[Definition]) -> Iterator[Block]:
        """The derivatives by the outputs of a softmax, those by the first of them in full."""
        brief = self.backward.brief
        first = _place(definitions[0])
        for definition in definitions:
            alike = _place(definition) != first and self.problem.head.detail != "full"
            yield from self.lines([definition], brief or alike)

    def opening(self, of: Name, found: Sequence[Definition], units: bool) -> Paragraph:
        """How the sweep goes, said once; and where something is read by several others, what is done there."""
        words = self.backward.words
        said = words["deltas" if units else "deltas of definitions"]
        totals = [d for d in found if isinstance(d.name, Total)]
        named = self.first_net_input(of, totals)
        said += words["delta"] if named else ""
        if any(len(self.backward.readers(d)) > 1 for d in totals):
            said += words["unit read by several" if units else "quantity read by several"]
        opening = sentence(said, loss=Math(Symbol(of)), **named)
        if apart := [alone for d in totals if (alone := self.backward.apart(d))]:
            total = Total(of, apart[0].by)
            told = {"total": Math(Symbol(total)), "local": Math(Symbol(apart[0])), "loss": Math(Symbol(of))}
            opening += sentence(words["apart in the sweep"], **told)
        return Paragraph(opening)

    def first_net_input(self, of: Name, totals: Sequence[Definition]) -> dict[str, Math]:
        """The net input whose delta is worked first; nothing where what is derived is not the loss."""
        inside = {self.scope.name(group.unit.net_input) for group in self.problem.groups if group.unit}
        found = [d.name.by for d in totals if isinstance(d.name, Total) and d.name.by in inside]
        is_loss = any(of.plain in group.names for group in self.problem.groups if group.loss)
        return {"net_input": Math(Symbol(found[0]))} if found and is_loss else {}

    def likewise(self, unit: Unit, of: Name, skipped: Collection[Name], units: Collection[Unit]) -> Iterator[Section]:
        """At the first unit of a layer that is not worked: the derivatives by the net inputs of all that are not."""
        layer = [other for other in units if other.layer == unit.layer and other.name in skipped]
        if unit == layer[0]:
            totals = [Total(of, self.scope.name(other.net_input)) for other in layer]
            words = self.backward.words
            said = worked_alike([self.backward.equality(total) for total in totals], words)
            title = sentence(words["back through others"], layer=str(unit.layer))
            yield Section(self.backward.level + 1, title, tuple(said), f"other deltas of layer {unit.layer}")

    def names(self, unit: Unit) -> tuple[Name, Name]:
        return (unit.net_input, unit.output)

    def worked(self, of: Name, parameters: Sequence[Name]) -> list[Definition]:
        """The definitions of the sweep, in the order they are worked; what belongs to a parameter alone is left out.

        A quantity that is asked for as well keeps its place where others are derived from it.
        """
        totals = [d for d in self.backward.graph.definitions if isinstance(d.name, Total) and d.name.of == of]
        steps = (name for definition in totals for form in definition.forms for name in symbols(form))
        reads = (r for r in chain((r for d in totals for r in d.reads), steps) if isinstance(r, Total))
        own, used = {*parameters} - {read.by for read in reads if read.of == of}, set[QuantityName]()
        for definition in self.backward.graph.definitions:
            match definition.name:
                case Total(above, by) if above == of and by in own:
                    used.update(definition.reads)
                case _:
                    pass
        found: list[Definition] = []
        for definition in self.backward.graph.definitions:
            match definition.name:
                case Total(above, by) if above == of and by not in own:
                    found.append(definition)
                case Local() if self.belongs(definition.name, of) and definition.name not in used:
                    found.append(definition)
                case _:
                    pass
        return found

    def read_by_steps(self, of: Name, parameters: Sequence[Name], found: Sequence[Definition]) -> Set[QuantityName]:
        """What of a sweep is neither asked for nor read by a result, but by the steps that lead to one."""
        if not any(d.forms for d in found):
            return frozenset()
        inside, read = {d.name for d in found}, set[QuantityName]({Total(of, name) for name in parameters})
        for definition in reversed(self.backward.graph.definitions):
            if definition.name not in inside or definition.forms or definition.name in read:
                read.update(definition.reads)
        return {d.name for d in found if not d.forms} - read

    def belongs(self, name: Local, of: Name) -> bool:
        return (name.of.sample, name.of.step) == (of.sample, of.step)

    def lines(self, definitions: Sequence[Definition], brief: bool) -> Iterator[Block]:
        for definition in definitions:
            if brief and definition.name in self.for_steps and STEPS in self.backward.said:
                continue
            if isinstance(definition.name, Local):
                yield self.slope(definition.name, brief)
            elif brief:
                yield self.brief_line(definition)
            else:
                yield self.backward.total(definition)

    def slope(self, name: Local, brief: bool) -> Chain:
        """A local derivative that has a line of its own; in brief too the case that applies is differentiated."""
        if not brief:
            return self.backward.factor(name)
        definition = self.backward.graph.by_name[name]
        by_case = self.backward.case_links(name, definition)
        return Chain(Symbol(name), by_case, brief=True) if by_case else self.backward.line(definition)

    def brief_line(self, definition: Definition) -> Chain:
        was = self.backward.brief
        self.backward.brief = True
        found = self.backward.line(definition)
        self.backward.brief = was
        return found


def unit_title(unit: Unit) -> tuple[Math]:
    """A unit as a heading names it."""
    return (Math(Symbol(unit.name)),)


def _place(definition: Definition) -> Name:
    """The unit a derivative is worked at: that of what it is taken by; a slope stands at its own unit."""
    match definition.name:
        case Total(_, by):
            return by
        case Local(_, by):
            return by
        case _:
            raise AssertionError(definition.name)
