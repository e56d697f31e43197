"""A problem -> its whole run: the graph lengthened by every pass and update, and which names belong to which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from flint import arb, fmpq

from solver.chainrule import IsOne
from solver.expression import Expression, Number, Quotient, Sum, Symbol, Term, integer, substitute, symbols
from solver.goals import Update, lengthen
from solver.graph import Definition, Graph
from solver.iteration import Iteration, of_update
from solver.names import Local, Name, QuantityName, Total
from solver.problem import Problem, Training
from solver.updates import UpdateRule, kept_names

MAX_UNROLLED, PARTS = 60, 10
"""Updates of a run that are all kept as definitions; of a longer run those that are shown, the powers of ten and those
that end a tenth of the run, so that its table and its plot say how the loss went."""
ALL_SHOWN, FIRST_SHOWN = 6, 2
"""Up to so many updates are all worked on the page, of more the first ones and the last, unless the author picks."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one pass: each of the problem's own names with the marks it has there."""

    names: Mapping[Name, Name]

    def __call__(self, name: QuantityName) -> QuantityName:
        match name:
            case Name():
                return self.names.get(name, name)
            case Total(of, by):
                return Total(self.name(of), self.name(by))
            case Local(of, by):
                return Local(self.name(of), self.name(by))
            case _:
                return name

    def name(self, name: Name) -> Name:
        return self.names.get(name, name)

    def expression(self, node: Expression, reads: Iterable[QuantityName]) -> Expression:
        changed = {name: Symbol(self(name)) for name in reads if self(name) != name}
        return substitute(node, changed) if changed else node

    def definition(self, definition: Definition) -> Definition:
        """The definition with the names of this pass."""
        if not self.names:
            return definition

        def put(node: Expression) -> Expression:
            return self.expression(node, symbols(node))

        return Definition(
            self(definition.name), put(definition.expression), definition.origin, definition.stated,
            tuple(put(form) for form in definition.forms), put(definition.since) if definition.since else None,
        )  # fmt: skip


PLAIN = Scope({})


@dataclass(frozen=True, slots=True)
class Pass:
    """One sample run through the problem; `sample` counts from 1, 0 where there is only one."""

    sample: int
    scope: Scope


@dataclass(frozen=True, slots=True)
class Turn:
    """One update, or the forward pass after the last: its passes, and the scope of what they share.

    `step` is the mark that its names carry, 0 where there is one update alone.
    """

    number: int
    passes: tuple[Pass, ...]
    scope: Scope
    step: int = 0

    def new(self, parameter: Name) -> Name:
        """The new value of a parameter."""
        return parameter.tagged("new").marked(step=self.step)


@dataclass(frozen=True, slots=True)
class Run:
    """Every update that is kept, those that are worked on the page, and the forward pass after the last.

    `handed_on` holds, for each of them that does not follow the one before on the page, what it takes over.
    """

    turns: tuple[Turn, ...]
    shown: tuple[int, ...] = (1,)
    updates: int = 1
    again: Turn | None = None
    handed_on: Mapping[int, tuple[Name, ...]] = field(default_factory=dict)

    def unworked(self, names: Iterable[Name]) -> tuple[Name, ...]:
        """These quantities in the updates that are kept but not worked on the page."""
        own = tuple(names)
        return tuple(turn.scope.name(name) for turn in self.turns if turn.number not in self.shown for name in own)

    @property
    def compared(self) -> tuple[Turn, ...]:
        """Those whose losses can be compared: the updates, and the forward pass after the last.

        Where each update is of one sample alone, that pass is not among them: its loss is that of all samples.
        """
        alike = self.again is not None and len(self.again.passes) == len(self.turns[0].passes)
        return (*self.turns, self.again) if self.again and alike else self.turns

    @property
    def is_plain(self) -> bool:
        """Whether there is one pass alone, whose names carry no marks."""
        return self.updates == 1 and len(self.turns[0].passes) == 1


def unrolled(problem: Problem) -> tuple[Graph, Run]:
    """The graph of every pass, derivative and update of a problem, in the order they are worked.

    Raises ProblemError where a goal cannot be met.
    """
    once = lengthen(problem.graph, problem.goals, problem.head.method, _targets_add_up(problem))
    updates = [goal for goal in problem.goals if isinstance(goal, Update)]
    training = problem.training or Training()
    return _Unroller(problem, once, updates, training).run()


@dataclass(slots=True)
class _Unroller:
    problem: Problem
    once: Graph
    goals: Sequence[Update]
    training: Training

    def run(self) -> tuple[Graph, Run]:
        total = self.training.updates if self.goals else 1
        kept = self.kept
        turns = [self.turn(number, total) for number in kept]
        definitions = [d for turn in turns for d in self.worked(turn)]
        again = self.turn(total + 1, total + 1) if self.problem.again else None
        if again:
            definitions.extend(self.forward(again))
        graph = Graph(self.givens(), tuple(definitions), self.handed_on(kept))
        shown = _shown(total, self.training.show)
        on_page = [*(turn for turn in turns if turn.number in shown), *([again] if again else [])]
        handed_on = {
            turn.number: self.taken_over(turn, with_state=turn is not again)
            for turn in on_page
            if turn.number > 1 and turn.number - 1 not in shown
        }
        return graph, Run(tuple(turns), shown, total, again, handed_on)

    def taken_over(self, turn: Turn, with_state: bool) -> tuple[Name, ...]:
        """The parameters, and what the optimizer has kept of them."""
        names = [turn.scope.name(name) for name in self.parameters]
        if with_state:
            kept = (own for goal in self.goals for name in goal.of for own in kept_names(goal, name))
            names.extend(own.marked(step=turn.number - 1) for own in kept)
        return tuple(names)

    @property
    def kept(self) -> tuple[int, ...]:
        return _kept(self.training.updates if self.goals else 1, self.training.show)

    @property
    def parameters(self) -> tuple[Name, ...]:
        return tuple(dict.fromkeys(name for goal in self.goals for name in goal.of))

    def givens(self) -> Mapping[Name, Number]:
        own = dict(self.once.givens)
        for place, sample in enumerate(self.training.samples, start=1):
            mark = place if len(self.training.samples) > 1 else 0
            own |= {name.marked(sample=mark): number for name, number in sample.items()}
        return own

    def turn(self, number: int, total: int) -> Turn:
        """The names of one update."""
        step = number if total > 1 else 0
        count = len(self.training.samples)
        if count < 2:
            samples = [0]
        elif self.training.mode == "online" and number <= self.training.updates:
            samples = [(number - 1) % count + 1]
        else:
            samples = list(range(1, count + 1))
        shared = {name: name.marked(step=step) for name in self.parameters} if number > 1 else {}
        passes = tuple(Pass(sample, self.scope(sample, step, shared)) for sample in samples)
        scope = passes[0].scope if len(passes) == 1 else self.scope(0, step, shared)
        return Turn(number, passes, scope, step)

    def scope(self, sample: int, step: int, shared: Mapping[Name, Name]) -> Scope:
        own = {d.name: d.name.marked(sample, step) for d in self.problem.graph.definitions if isinstance(d.name, Name)}
        data = {name: name.marked(sample=sample) for given in self.training.samples for name in given}
        return Scope({name: mark for name, mark in {**own, **data, **shared}.items() if name != mark})

    def worked(self, turn: Turn) -> Iterator[Definition]:
        """Forward and backward through each sample of an update, what is reduced, and the new values."""
        yield from self.started(turn)
        for one in turn.passes:
            yield from (one.scope.definition(of_update(d, turn.number)) for d in self.once.definitions)
        yield from self.reduced(turn, gradients=True)
        for goal in self.goals:
            rule = UpdateRule(goal, turn.step, first=turn.number == 1, last=turn.number - 1)
            loss = turn.scope.name(goal.minimise)
            for name in goal.of:
                current = turn.scope.name(name)
                yield from rule.definitions(name, current, Total(loss, current))

    def forward(self, turn: Turn) -> Iterator[Definition]:
        """The forward pass alone, with the updated parameters."""
        yield from self.started(turn)
        for one in turn.passes:
            yield from (one.scope.definition(of_update(d, turn.number)) for d in self.problem.graph.definitions)
        yield from self.reduced(turn, gradients=False)

    def started(self, turn: Turn) -> Iterator[Definition]:
        """The parameters before an update are those after the update before it."""
        if turn.number > 1 and turn.number - 1 in self.kept:
            for name in self.parameters:
                before = turn.number - 1 if self.training.updates > 1 else 0
                yield Definition(turn.scope.name(name), Symbol(name.tagged("new").marked(step=before)))

    def handed_on(self, kept: Sequence[int]) -> Mapping[Name, Callable[[int], fmpq | arb]]:
        """Parameters, and what the optimizer keeps, where the update before is left out."""
        starts = [number for number in kept if number > 1 and number - 1 not in kept]
        if not starts:
            return {}
        through = Iteration(self.once, self.goals, self.training, starts)
        found: dict[Name, Callable[[int], fmpq | arb]] = {}
        for number in starts:
            for name in through.names():
                mark = name.marked(step=number if name in self.parameters else number - 1)
                found[mark] = partial(through.at, number, name)
        return found

    def reduced(self, turn: Turn, gradients: bool) -> Iterator[Definition]:
        """The loss and the gradient of a batch: those of its samples added, or their mean."""
        if len(turn.passes) == 1:
            return
        for minimise in dict.fromkeys(goal.minimise for goal in self.goals):
            loss = turn.scope.name(minimise)
            yield Definition(loss, self.reduction([one.scope.name(minimise) for one in turn.passes]))
            if gradients:
                for name in dict.fromkeys(name for g in self.goals if g.minimise == minimise for name in g.of):
                    each = [Total(one.scope.name(minimise), one.scope.name(name)) for one in turn.passes]
                    yield Definition(Total(loss, turn.scope.name(name)), self.reduction(each))

    def reduction(self, names: Sequence[QuantityName]) -> Expression:
        total = Sum(tuple(Term(1, Symbol(name)) for name in names))
        return Quotient(total, integer(len(names))) if self.training.reduce == "mean" else total


def _kept(total: int, show: Sequence[int]) -> tuple[int, ...]:
    if total <= MAX_UNROLLED:
        return tuple(range(1, total + 1))
    powers = {10**place for place in range(1, len(str(total)))}
    return tuple(sorted({*_shown(total, show), *powers, *(total * part // PARTS for part in range(1, PARTS)), total}))


def _shown(total: int, show: Sequence[int]) -> tuple[int, ...]:
    if show:
        return tuple(sorted({number for number in show if number <= total}))
    if total <= ALL_SHOWN:
        return tuple(range(1, total + 1))
    return tuple(sorted({*range(1, FIRST_SHOWN + 1), total}))


def _targets_add_up(problem: Problem) -> IsOne:
    """Whether targets add up to one in every sample of a problem."""
    samples = (problem.training.samples if problem.training else ()) or ({},)

    def is_one(parts: Sequence[Expression]) -> bool:
        for sample in samples:
            known = {**problem.graph.givens, **sample}
            found = [known[part.name].value for part in parts if isinstance(part, Symbol) and part.name in known]
            if len(found) < len(parts) or sum(found[1:], found[0]) != 1:
                return False
        return True

    return is_one
