"""The functions of a layer -> what the page says of them: what they make of an argument, which case applies, and why.

A line of matrices has no room for reasons beside its entries: they stand in paragraphs around it. What a function is
made of is shown in the line of one entry, once on a page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flint import fmpq

from solver.backward import Backward
from solver.cases import Decision, decide, decisions, in_words
from solver.document import Block, Math, Paragraph, Text, listed, sentence
from solver.entries import Grids
from solver.expression import ZERO, Call, Expression, Sum, Symbol, walk
from solver.functions import FUNCTIONS
from solver.graph import Definition
from solver.names import Name
from solver.tidy import rational


@dataclass(frozen=True, slots=True)
class LayerCases:
    """What is said of the functions in lines of matrices."""

    backward: Backward
    grids: Grids

    def before(self, formula: Expression) -> Iterator[Paragraph]:
        """What the functions in a line make of an argument, and what a number beside a vector is meant for."""
        for part in walk(formula):
            if isinstance(part, Sum) and self.has_number_beside(part):
                yield from self.once("number beside")
            if isinstance(part, Call) and f"rule of {part.function}" in self.backward.words:
                yield from self.once(f"rule of {part.function}")

    def once(self, key: str) -> Iterator[Paragraph]:
        if not self.backward.brief and self.backward.is_new(key):
            yield Paragraph((Text(self.backward.words[key]),))

    def has_number_beside(self, node: Sum) -> bool:
        """Whether a number stands beside a vector in a sum."""
        inside = [part for term in node.terms for part in walk(term.value)]
        vectors = any(isinstance(part, Symbol) and part.name in self.grids for part in inside)
        return vectors and any(rational(term.value) is not None for term in node.terms)

    def of_values(self, outputs: Sequence[Name]) -> Iterator[Block]:
        """After the outputs of a layer: which case each is of, and one of them with its function written out."""
        definitions = [self.backward.graph.by_name[name] for name in outputs]
        found = [case for definition in definitions for case in self.case(definition)]
        yield from self.compared([case for case in found if not case.jumps])
        yield from self.jumps([case for case in found if case.jumps])
        yield from self.written_out(definitions)

    def of_slopes(self, outputs: Sequence[Name]) -> Iterator[Paragraph]:
        """After the slopes of a layer: which case each is of, and what is taken at a kink."""
        found = [case for name in outputs for case in self.case(self.backward.graph.by_name[name])]
        yield from self.told([case for case in found if case.kink or FUNCTIONS[case.call.function].derivative != "0"])

    def of_loss(self, loss: Name, outputs: Sequence[Name]) -> Iterator[Paragraph]:
        """After the derivatives of the loss by the outputs: the cases that decide them."""
        graph, board = self.backward.graph, self.backward.board
        names = (loss, *graph.by_name[loss].reads)
        parts = [graph.by_name[name] for name in names if isinstance(name, Name) and name in graph.by_name]
        cases = (
            case
            for part in parts
            for output in outputs
            for case in decisions(board, part.expression, output, board.rounding.of(part.name))
        )
        yield from self.told(tuple(dict.fromkeys(cases)))

    def case(self, definition: Definition) -> Iterator[Decision]:
        """The case that an output is of, where its function is worked by cases."""
        board, formula = self.backward.board, definition.expression
        found = decide(board, formula, board.rounding.of(definition.name)) if isinstance(formula, Call) else None
        if found is not None:
            yield found

    def told(self, found: Sequence[Decision]) -> Iterator[Paragraph]:
        """The comparisons that decide slopes, then what is taken at a kink."""
        yield from self.compared([case for case in found if not case.kink])
        yield from self.kinks([case for case in found if case.kink])

    def compared(self, found: Sequence[Decision]) -> Iterator[Paragraph]:
        """Here z_1 = 0.4 > 0, z_2 = -1 < 0."""
        comparisons = dict.fromkeys(comparison for case in found for comparison in case.comparisons)
        if not self.backward.brief and comparisons:
            yield in_words(comparisons, self.backward.words)

    def kinks(self, found: Sequence[Decision]) -> Iterator[Paragraph]:
        """What is taken at the kinks of each function."""
        for own in _by_function(found):
            yield Paragraph((*own.at_kink(self.backward.words), Text(".")))

    def jumps(self, found: Sequence[Decision]) -> Iterator[Paragraph]:
        """What is taken for the value where a function jumps: Step(0) = 0."""
        for own in _by_function(found):
            taken = Math(Call(own.call.function, (ZERO,), FUNCTIONS[own.call.function].word), "=", own.branch)
            at = listed([(comparison,) for comparison in own.comparisons])
            yield Paragraph(sentence(self.backward.words["entry jump"], comparisons=at, value=taken))

    def is_of_zero(self, definition: Definition) -> bool:
        """Whether the function is of zero, where it shows little."""
        call = definition.expression
        return isinstance(call, Call) and self.backward.board.value(call.arguments[0]) == fmpq(0)

    def written_out(self, definitions: Sequence[Definition]) -> Iterator[Block]:
        """The line of the first output whose function is written out there."""
        call = definitions[0].expression
        if self.backward.brief or not isinstance(call, Call):
            return
        row, key = FUNCTIONS[call.function], f"written out: {call.function}"
        if not (row.formula or row.spells or row.default) or key in self.backward.said:
            return
        for definition in sorted(definitions, key=self.is_of_zero):
            line = self.backward.line(definition)
            if any(link.role == "spelled" for link in line.links):
                self.backward.said.add(key)
                yield Paragraph(sentence(self.backward.words["entry written out"], function=row.word))
                yield line
                return


def _by_function(found: Sequence[Decision]) -> Iterator[Decision]:
    """The cases of each function as one, with the comparisons of all of them."""
    for function in dict.fromkeys(case.call.function for case in found):
        own = [case for case in found if case.call.function == function]
        comparisons = dict.fromkeys(comparison for case in own for comparison in case.comparisons)
        yield replace(own[0], comparisons=tuple(comparisons))
