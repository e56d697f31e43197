"""The run of a problem on the page: each pass forward and back, each update, what comes after, tables of the whole.

The first pass and the first update are worked in full; later ones show formula, numbers and result. `detail` asks for
all of them in full or for none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from solver.alike import Alike
from solver.backward import Backward, in_rows
from solver.board import Board
from solver.closing import Closing
from solver.deltas import Deltas, unit_title
from solver.document import Block, Chain, Inline, Math, Paragraph, Section, Text, lefts, listed, sentence
from solver.excerpt import left_out, worked_alike
from solver.expression import Symbol
from solver.goals import MANY, Differentiate, Method, Update, chosen_method, derived_by
from solver.graph import Definition
from solver.layerpages import LayerPages
from solver.layerupdates import LayerUpdates
from solver.lines import brief_links, definition_links
from solver.losses import LOSSES
from solver.matrices import Matrices
from solver.names import Name, QuantityName, Total
from solver.phrases import PHRASES, counted
from solver.problem import Group, Problem, Unit
from solver.training import Pass, Run, Turn


@dataclass(slots=True)
class Pages:
    """Lays out a problem's run on its board."""

    problem: Problem
    board: Board
    run: Run
    matrices: Matrices = field(default_factory=Matrices)
    backward: Backward = field(init=False)
    layers: LayerPages | None = field(init=False)
    closing: Closing = field(init=False)
    alike: Alike = field(init=False)

    def __post_init__(self) -> None:
        self.backward = Backward(self.board, self.words)
        self.layers = LayerPages(self.problem, self.backward, self.matrices) if self.problem.head.matrix else None
        self.closing = Closing(self.problem, self.board, self.run, self.layers)
        self.alike = Alike(self.problem, self.backward, self.closing)

    @property
    def words(self) -> Mapping[str, str]:
        return PHRASES[self.problem.head.language]

    @property
    def updates(self) -> tuple[Update, ...]:
        return tuple(goal for goal in self.problem.goals if isinstance(goal, Update))

    def blocks(self) -> Iterator[Block]:
        """Everything after the givens: one pass as a page of its own, or an update a section, then the tables."""
        if self.run.is_plain:
            yield from self.turn(self.run.turns[0], level=1, brief=self.problem.head.detail == "short")
        else:
            for turn in self.run.turns:
                if turn.number in self.run.shown:
                    yield self.turn_section(turn)
        if self.run.again:
            yield self.again(self.run.again)
        if self.run.updates > 1:
            yield self.closing.losses()
        yield from self.closing.summary()

    def turn_section(self, turn: Turn) -> Section:
        first = turn.number == self.run.shown[0]
        brief = (not first and self.problem.head.detail != "full") or self.problem.head.detail == "short"
        key = "update number" if self.run.updates > 1 else "one update"
        title = sentence(self.words[key], number=counted(turn.number, self.words))
        started = tuple(self.started(turn))
        opening = [Section(2, self.parameters_title(), started, "parameters")] if started else []
        blocks = (*opening, *self.turn(turn, level=2, brief=brief))
        return Section(1, title, blocks, f"turn {turn.number}")

    def parameters_title(self) -> tuple[Inline, ...]:
        one = sum(len(goal.of) for goal in self.updates) == 1
        return (Text(self.words["one parameter now" if one else "parameters"]),)

    def started(self, turn: Turn) -> Iterator[Block]:
        """The parameters as the update before left them."""
        if turn.number == 1:
            return
        names = list(dict.fromkeys(turn.scope.name(name) for goal in self.updates for name in goal.of))
        matrices, rest = self.layers.as_they_are(turn.scope, names) if self.layers else ([], names)
        handed_on = self.run.handed_on.get(turn.number)
        if handed_on is None:
            yield from (self.layers.restated(matrix) for matrix in matrices if self.layers)
            yield from in_rows([self.brief_line(self.board.values.graph.by_name[name]) for name in rest])
            return
        whole = [self.layers.value(matrix) for matrix in matrices if self.layers]
        values = listed((*whole, *(self.closing.value(name) for name in rest)))
        updates = counted(turn.number - 1, self.words)
        yield Paragraph(sentence(self.words["parameters after"], updates=updates, values=values))
        if kept := [name for name in handed_on if name not in names]:
            matrices = [*LayerUpdates(self.layers).kept(self.updates, turn)] if self.layers else []
            told = {name for matrix in matrices for row in self.matrices.grids[matrix.name] for name in row}
            whole = [self.layers.value(matrix) for matrix in matrices if self.layers]
            values = listed((*whole, *(self.closing.value(name) for name in kept if name not in told)))
            yield Paragraph(sentence(self.words["optimizer keeps"], values=values))

    def turn(self, turn: Turn, level: int, brief: bool) -> Iterator[Block]:
        """Each sample forward and back, what a batch reduces, the new values."""
        self.backward.level, self.backward.brief = level, brief
        batch = len(turn.passes) > 1
        for place, one in enumerate(turn.passes):
            short = brief or (place > 0 and self.problem.head.detail != "full")
            if batch:
                self.backward.level, self.backward.brief = level + 1, short
                blocks = (*self.forward(one, level + 1, short), *self.gradients(turn, one))
                title = sentence(self.words["sample"], number=str(one.sample))
                yield Section(level, title, blocks, f"sample {one.sample}")
            else:
                yield from self.forward(one, level, brief)
                yield from self.gradients(turn, one)
        self.backward.level, self.backward.brief = level, brief
        if batch:
            yield from self.reduced(turn, level)
        for goal in self.updates:
            yield from self.steps(goal, turn, level)

    def forward(self, one: Pass, level: int, brief: bool) -> Iterator[Block]:
        """The units, the loss, the definitions of one pass."""
        sections = self.sections(one, level + 1, brief)
        title = self.words["forward" if any(group.unit for group in self.problem.groups) else "definitions"]
        blocks = sections[0].blocks if len(sections) == 1 else tuple(sections)
        if brief:
            blocks = tuple(block for section in sections for block in section.blocks)
        yield Section(level, (Text(title),), blocks, "forward")

    def sections(self, one: Pass, level: int, brief: bool) -> list[Section]:
        """A section for each group of definitions; a layer in matrices takes the place of its units."""
        layers = self.layers.forward(one, level, brief) if self.layers else {}
        outputs = {name: layer.number for layer in self.problem.layers for name in layer.outputs}
        inside = {name: layer.number for layer in self.problem.layers for name in layer.net_inputs} | outputs
        found: list[Section] = []
        skipped = left_out(self.problem)
        for group in self.problem.groups:
            section = layers.get(inside.get(group.names[0], 0))
            if group.unit and group.unit.name in skipped:
                found.extend(self.likewise(group.unit, one, level, skipped))
            elif section is None:
                found.append(self.group(group, one, level, brief))
            elif section is not (found[-1] if found else None):
                found.append(section)
        return found

    def likewise(self, unit: Unit, one: Pass, level: int, skipped: Collection[Name]) -> Iterator[Section]:
        """At the first unit of a layer that is not worked: the values of all that are not."""
        layer = [
            g.unit for g in self.problem.groups if g.unit and g.unit.layer == unit.layer and g.unit.name in skipped
        ]
        if unit != layer[0]:
            return
        softmax = any(group.softmax and unit.output in group.names for group in self.problem.groups)
        names = [one.scope(other.net_input if softmax else other.output) for other in layer]
        said = worked_alike([self.closing.value(name) for name in names], self.words)
        title = sentence(self.words["other units"], layer=str(unit.layer))
        yield Section(level, title, tuple(said), f"other units of layer {unit.layer}")

    def group(self, group: Group, one: Pass, level: int, brief: bool) -> Section:
        """The lines of a unit, of a softmax, of the loss, or of the author's definitions."""
        names = group.names
        if group.softmax:
            skipped = left_out(self.problem)
            hidden = {g.unit.output for g in self.problem.groups if g.unit and g.unit.name in skipped}
            names = tuple(name for name in names if name not in hidden)
        definitions = [self.board.values.graph.by_name[one.scope.name(name)] for name in names]
        blocks = tuple(self.brief_line(d) if brief else self.full_line(d) for d in definitions)
        if group.unit:
            key = "output unit" if group.unit.is_output else "hidden unit"
            title = sentence(self.words[key], unit=unit_title(group.unit))
            return Section(level, title, blocks, f"unit {group.unit.name.text}")
        key = "error" if group.loss else "softmax" if group.softmax else "definitions"
        said = () if brief else tuple(self.right_class(group, one))
        return Section(level, (Text(self.words[key]),), (*said, *blocks), key)

    def right_class(self, group: Group, one: Pass) -> Iterator[Paragraph]:
        """Of a loss with a part for each wrong class: which is the right one, and what the targets are for."""
        if not group.loss or not LOSSES[group.loss].pairwise or not self.backward.is_new("right class"):
            return
        outputs = [other.unit.output for other in self.problem.groups if other.unit and other.unit.is_output]
        givens = self.problem.graph.givens
        right = [
            output
            for output, target in zip(outputs, self.problem.targets, strict=True)
            if target in givens and givens[target].value == 1
        ]
        same = len(group.names) <= len(outputs)  # for every sample: its class has no part, beside E itself
        key = "right class" if same else "right class of sample"
        yield Paragraph(sentence(self.words[key], output=Math(Symbol(one.scope.name(right[0]))) if same else ""))

    def full_line(self, definition: Definition) -> Chain:
        links = definition_links(self.board, definition, too_small=self.words["too small"], words=self.words)
        if definition.stated is not None:
            *before, last = links
            reason = (Text(self.words["stated here"]),)
            links = (*before, replace(last, reason=reason))
        return Chain(Symbol(definition.name), links)

    def brief_line(self, definition: Definition) -> Chain:
        return Chain(Symbol(definition.name), brief_links(self.board, definition, self.words), brief=True)

    def gradients(self, turn: Turn, one: Pass) -> Iterator[Block]:
        """The derivatives of one pass: the way back from each loss, then those asked for and those of a batch."""
        swept: set[Name] = set()
        for goal in self.problem.goals:
            for of, by in derived_by([goal]).items():
                if of not in swept:
                    yield from self.sweep(of, one)
                swept.add(of)
                if isinstance(goal, Differentiate) or len(turn.passes) > 1:
                    yield from self.parameter_gradients(one, of, by)

    def chosen(self, of: Name) -> Method:
        by = derived_by(self.problem.goals)[of]
        return chosen_method(self.problem.graph, of, by, self.problem.head.method)

    def sweep(self, of: Name, one: Pass) -> Iterator[Section]:
        """Backpropagation's deltas, where that is the method."""
        by = derived_by(self.problem.goals)[of]
        in_matrices = self.layers.gradients(of, by, one) if self.layers else None
        if in_matrices:
            shown = [left.name for left in lefts((in_matrices,)) if isinstance(left, Symbol)]
            grids = [self.matrices.grids.get(name, ((name,),)) for name in shown]
            entries = (name for grid in grids for row in grid for name in row)
            self.backward.found_in |= {name: 0 for name in entries if isinstance(name, Total)}
            yield in_matrices
        elif self.chosen(of) == "backprop":
            parameters = [one.scope.name(name) for name in by]
            yield from Deltas(self.backward, self.problem, one.scope).sections(one.scope.name(of), parameters)

    def parameter_gradients(self, one: Pass, of: Name, by: Sequence[Name]) -> Iterator[Section]:
        """A section for each that stands in no matrix, of many for one of each kind; in brief all stand in one."""
        loss = one.scope.name(of)
        names = [one.scope.name(name) for name in by if not self.is_worked(one.scope(Total(of, name)))]
        if self.backward.brief:
            blocks = tuple(self.brief_gradients(loss, names))
            if blocks:
                yield Section(self.backward.level, (Text(self.words["gradients"]),), blocks, "derivatives")
            return
        many = self.alike.are_many(names)
        for kind in self.alike.kinds(names, partial(Total, loss)) if many else [names]:
            full = kind[:1] if len(kind) > 2 and many else kind
            yield from (self.backward.gradient_section(Total(loss, name)) for name in full)
            if rest := kind[len(full) :]:
                yield self.alike.gradient_section(loss, rest)

    def brief_gradients(self, loss: Name, names: Sequence[Name]) -> Iterator[Block]:
        """A line for each, or a table of many."""
        if self.alike.are_many(names):
            yield from self.alike.gradients(loss, names)
        else:
            yield from (block for name in names for block in self.backward.gradient(Total(loss, name)))

    def is_worked(self, name: QuantityName) -> bool:
        """Whether a derivative or a new value stands in a matrix of the page."""
        return self.layers is not None and name in self.layers.worked

    def reduced(self, turn: Turn, level: int) -> Iterator[Block]:
        """The loss and the gradient of a batch from those of its samples."""
        lines: list[Block] = []
        for goal in self.updates:
            loss = turn.scope.name(goal.minimise)
            lines.append(self.brief_line(self.board.values.graph.by_name[loss]))
            lines.extend(self.layers.reduced(goal.minimise, goal.of, turn) if self.layers else ())
            names = [turn.scope.name(name) for name in goal.of]
            rest = [name for name in names if not self.is_worked(Total(loss, name))]
            if self.alike.are_many(rest):
                lines.extend(self.alike.gradients(loss, rest))
            else:
                totals = [Total(loss, name) for name in rest]
                lines.extend(self.brief_line(self.board.values.graph.by_name[total]) for total in totals)
        title = self.words["the batch"]
        run = self.problem.training
        words = self.words["batch reduced " + (run.reduce if run else "mean")]
        yield Section(level, (Text(title),), (Paragraph((Text(words),)), *lines), "batch")

    def steps(self, goal: Update, turn: Turn, level: int) -> Iterator[Block]:
        """A section for each parameter; of many one of each kind, and tables of the others.

        After a sweep back one of each kind is worked in full and the others in brief; in brief all stand together. What
        is updated in matrices comes first.
        """
        if self.layers:
            yield from LayerUpdates(self.layers).sections(goal, turn)
        names = [name for name in goal.of if not (self.layers and self.is_worked(turn.new(name)))]
        brief = self.backward.brief
        if brief and names and len(names) <= MANY:
            sections = [
                self.backward.update_section(name, goal, turn, self.is_known(goal, turn, name)) for name in names
            ]
            blocks = tuple(block for section in sections for block in section.blocks)
            one = sentence(self.words["new value of"], parameter=Math(Symbol(names[0])))
            title = one if len(names) == 1 else (Text(self.words["new values"]),)
            yield Section(level, title, blocks, "new values")
            return
        loss = turn.scope.name(goal.minimise)
        told: set[object] = set()
        swept = self.chosen(goal.minimise) == "backprop"
        many = self.alike.are_many(names)

        def gradient(name: Name) -> Total:
            return Total(loss, turn.scope.name(name))

        for kind in self.alike.kinds(names, gradient) if many else [names]:
            full = kind[:1] if len(kind) > 2 and many else kind
            for name in full:
                own = self.alike.kind(name) or name
                again = (swept and own in told) or (many and name != kind[0])
                self.backward.brief = brief or (again and self.problem.head.detail != "full")
                told.add(own)
                yield self.backward.update_section(name, goal, turn, self.is_known(goal, turn, name))
            self.backward.brief = brief
            if rest := kind[len(full) :]:
                yield self.alike.update_section(goal, turn, rest, self.is_known(goal, turn, rest[0]))

    def is_known(self, goal: Update, turn: Turn, name: Name) -> bool:
        """Whether the gradient of a parameter is worked before the section of its update."""
        return len(turn.passes) > 1 or self.is_worked(Total(turn.scope.name(goal.minimise), turn.scope.name(name)))

    def again(self, turn: Turn) -> Section:
        """The forward pass with the updated parameters, and what became of the loss."""
        key = "marks after run" if self.run.updates > 1 else "marks after one"
        last = counted(self.run.updates, self.words)
        opening = Paragraph(sentence(self.words[key], mark=str(turn.step), last=last))
        blocks: list[Block] = [*self.started(turn)]
        batch = len(turn.passes) > 1
        sections = [Section(2, self.parameters_title(), tuple(blocks), "parameters")] if batch else []
        for one in turn.passes:
            lines = tuple(block for section in self.sections(one, 2, brief=True) for block in section.blocks)
            if batch:
                title = sentence(self.words["sample"], number=str(one.sample))
                sections.append(Section(2, title, lines, f"sample {one.sample}"))
            else:
                blocks.extend(lines)
        ending: list[Block] = []
        for goal in self.updates:
            before, after = self.run.turns[0].scope.name(goal.minimise), turn.scope.name(goal.minimise)
            if batch:
                ending.append(self.brief_line(self.board.values.graph.by_name[after]))
            if turn in self.run.compared:
                parts: dict[str, Inline] = {"before": self.closing.value(before), "after": self.closing.value(after)}
                ending.append(Paragraph(sentence(self.words["loss went"], **parts)))
        if batch:
            heading = self.words["the batch" if turn in self.run.compared else "all samples"]
            sections.append(Section(2, (Text(heading),), tuple(ending), "batch"))
        inside = sections if batch else [*blocks, *ending]
        return Section(1, (Text(self.words["again"]),), (opening, *inside), "again")
