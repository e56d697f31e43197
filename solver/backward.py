"""The backward pass as it is worked on the board: chain rule, each factor, values put in, update; then "similarly"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from solver.board import Board
from solver.calculus import by_rule
from solver.cases import because, decided, decisions
from solver.chainrule import paths
from solver.document import (
    Block,
    BulletList,
    Chain,
    Inline,
    Link,
    Math,
    Paragraph,
    Section,
    SideBySide,
    Text,
    Trail,
    listed,
    sentence,
)
from solver.expression import ONE, Call, Derivative, Expression, Sum, Symbol
from solver.functions import FUNCTIONS
from solver.goals import Update
from solver.graph import Definition, Graph
from solver.lines import Member, applied, definition_links
from solver.measure import PAGE, width
from solver.names import Local, Name, QuantityName, Total, parse_name
from solver.reasons import why_from_nearer, why_linear
from solver.rows import GAP
from solver.tidy import tidy
from solver.training import Turn
from solver.updates import worked_names

BETWEEN = 7
"""Digits that a relation takes with the space around it, and the space between two chains."""


STEPS = "steps to a shortcut"
"""What is said once: the forms that lead to output minus target."""


@dataclass(slots=True)
class Backward:
    """Lays out derivatives and updates; remembers the equation in which each factor was found.

    `level` is that of its sections; what is `brief` shows formula, numbers and result alone.
    """

    board: Board
    words: Mapping[str, str]
    level: int = 1
    brief: bool = False
    equations: int = 0
    found_in: dict[Local | Total, int] = field(default_factory=dict)
    """The number of the equation; 0 where what was found stands in none."""
    updates: int = 0
    said: set[str] = field(default_factory=set)

    @property
    def graph(self) -> Graph:
        return self.board.values.graph

    def gradient_section(self, total: Total) -> Section:
        title = sentence(self.words["gradient of"], gradient=Math(Symbol(total)))
        return Section(self.level, title, tuple(self.gradient(total)), f"gradient {total.text}")

    def update_section(self, parameter: Name, goal: Update, turn: Turn, worked: bool) -> Section:
        """The update rule, the gradient unless it is worked elsewhere, the step."""
        first = self.updates == 0
        self.updates += 1
        key = "new value of" if first else "similarly for"
        title = sentence(self.words[key], parameter=Math(Symbol(parameter)))
        new = self.graph.by_name[turn.new(parameter)]
        blocks: list[Block] = []
        if first and not self.brief:
            blocks.append(self.reduced(goal))
        if first and not self.brief and not worked:
            blocks.extend(self.kept(parameter, goal, turn))
            blocks.append(Chain(Symbol(new.name), (Link("=", new.expression, "formula"),)))
        if not worked:
            total = Total(turn.scope.name(goal.minimise), turn.scope.name(parameter))
            blocks.extend(self.gradient(total))
        blocks.extend(self.step(parameter, goal, turn))
        return Section(self.level, title, tuple(blocks), f"update {parameter.text}")

    def step(self, parameter: Name, goal: Update, turn: Turn) -> Iterator[Block]:
        """What the optimizer works, and the new value."""
        if not self.brief:
            yield from self.kept(parameter, goal, turn)
        for name in worked_names(goal, parameter, turn.step):
            yield self.line(self.graph.by_name[name])
        if not self.brief:
            yield Paragraph(sentence(self.words["take the step"]))
        yield self.line(self.graph.by_name[turn.new(parameter)])

    def reduced(self, goal: Update) -> Paragraph:
        """What every update does."""
        loss, (first, *others) = goal.minimise, goal.of
        if others:
            return Paragraph(self.say("reduce the loss", loss=loss))
        return Paragraph(self.say("reduce by one", loss=loss, parameter=first))

    def kept(self, parameter: Name, goal: Update, turn: Turn) -> Iterator[Paragraph]:
        """What an optimizer works for a parameter, in words."""
        names = worked_names(goal, parameter, turn.step)
        return self.kept_by({name.base: Math(Symbol(name)) for name in names}, goal)

    def kept_by(self, worked: Mapping[str, Math], goal: Update) -> Iterator[Paragraph]:
        """What an optimizer's quantities are, by their letters; said once."""
        dampening = goal.settings.get("tau")
        key = f"kept by {goal.optimizer.name}" + (" dampened" if dampening and dampening.value else "")
        if worked.keys() & {*goal.optimizer.steps} and self.is_new(key):
            chosen = {s: Math(Symbol(parse_name(s)) if own.value else own) for s, own in goal.settings.items()}
            guard = goal.settings.get("epsilon")
            said = self.words[key] + (self.words["guards"] if guard and guard.value else "")
            yield Paragraph(sentence(said, **worked, **chosen))
        if "g" in worked and self.is_new("decayed"):
            yield Paragraph(sentence(self.words["decayed"]))

    def is_new(self, key: str) -> bool:
        """Whether something is said for the first time on the page."""
        new = key not in self.said
        self.said.add(key)
        return new

    def line(self, definition: Definition) -> Chain:
        """A definition with all its members, or in brief."""
        if not self.brief:
            return Chain(Symbol(definition.name), self.links(definition))
        name = definition.name
        links = self.case_links(name, definition) if isinstance(name, Local) else ()
        if not links:
            reason = self.why_in_brief(definition)
            opening = [Member("formula", definition.expression, reason=reason)] if reason else []
            links = definition_links(self.board, definition, opening, self.words["too small"], self.words, brief=True)
        return Chain(Symbol(name), links, brief=True)

    def why_in_brief(self, definition: Definition) -> tuple[Inline, ...]:
        """Why a derivative is another, said once: the one between them is 1; and that a shortcut was shown before."""
        match definition.expression:
            case _ if definition.forms and STEPS in self.said:
                return sentence(self.words["same steps"])
            case Symbol(Total() | Local() as other) if self.is_new(f"copied {type(other).__name__}"):
                return why_from_nearer(self.graph, definition, self.words)
            case _:
                return ()

    def case_links(self, name: Local, definition: Definition) -> tuple[Link, ...]:
        """In brief the derivative of the case that applies: 1, since z = 0.4 > 0; nothing where there are no cases."""
        formula = self.graph.by_name[name.of].expression
        cases = decisions(self.board, formula, name.by, self.board.rounding.of(name))
        if not cases:
            return ()
        slope = replace(definition, expression=tidy(decided(self.board, definition.expression, cases)))
        opening = [Member("formula", Derivative(applied(formula), name.by))]
        opening.append(Member("rule", slope.expression, same=True, reason=because(cases, self.words)))
        return definition_links(self.board, slope, opening, self.words["too small"], self.words, brief=True)

    def gradient(self, total: Total) -> Iterator[Block]:
        """Why the loss is expanded, the chain rule as a numbered equation, its factors, the values put in."""
        definition = self.graph.by_name[total]
        locals_ = [name for name in definition.reads if isinstance(name, Local)]
        if total in self.found_in:
            if not self.brief:
                yield Paragraph(sentence(self.words["known"], factors=self.cited([total])))
            return
        self.found_in[total] = 0
        if self.brief:
            yield from self.new_slopes([definition])
            if definition.expression != Symbol(Local(total.of, total.by)):
                yield self.line(definition)
            return
        if any(isinstance(name, Total) for name in definition.reads):
            yield from self.from_nearer(total, definition)
            return
        ways = list(paths(self.graph, total.of, total.by))
        if ways == [(total.of, total.by)]:
            yield Paragraph(self.say("directly in", parameter=total.by, loss=total.of))
            yield self.factor(locals_[0], left=total) if locals_ else self.total(definition)
            return
        if not locals_:
            yield self.total(definition)
            return
        yield from self.why(total, ways)
        self.equations += 1
        number = self.found_in[total] = self.equations
        yield Chain(Symbol(total), (Link("=", definition.expression, "formula"),), number)
        yield from self.factors(locals_, number)
        equation = self.equation(number)
        yield Paragraph(sentence(self.words["put in"], equation=equation))
        yield Chain(Symbol(total), self.values_put_in(definition))

    def new_slopes(self, definitions: Sequence[Definition]) -> list[Chain]:
        """The local derivatives that derivatives read and that the page has not found, in brief."""
        names = [n for d in definitions for n in d.reads if isinstance(n, Local) and n not in self.found_in]
        self.found_in |= dict.fromkeys(names, 0)
        return [self.line(self.graph.by_name[name]) for name in dict.fromkeys(names)]

    def from_nearer(self, total: Total, definition: Definition) -> Iterator[Block]:
        """A derivative from those that the sweep back from the loss has found; how it is made of them is said once."""
        readers = self.readers(definition)
        others = [Math(Symbol(name)) for name in readers if name != total.of]
        key = "read by" if len(others) == 1 else "read by several"
        said: dict[str, Name | tuple[Inline, ...] | str] = {"parameter": total.by, "reader": listed(others)}
        if total.of in readers:
            alone = self.apart(definition)
            apart = self.say("apart", total=total, local=alone, loss=total.of) if alone else ""
            key, said = f"{key} and directly", {"loss": total.of, "apart": apart, **said}
        yield Paragraph(self.say(key if self.is_new(key) else f"{key} again", **said))
        new = [n for n in definition.reads if isinstance(n, Local) and n not in self.found_in]
        self.found_in |= dict.fromkeys(new, 0)
        yield from in_rows([self.factor(name) for name in new])
        yield self.nearer(definition)

    def total(self, definition: Definition) -> Chain:
        """A derivative from those nearer to the loss, with the forms that lead to it."""
        name = definition.name
        assert isinstance(name, Total)
        if not definition.forms:
            if any(isinstance(read, Total | Local) for read in definition.reads):
                return self.nearer(definition)
            definition, opening = self.differentiated(name, definition)
        elif self.board.carried:
            opening = []  # rounded values do not lead where the formulas do
        else:
            self.said.add(STEPS)
            opening = [Member("formula", definition.forms[0])]
            opening += [Member("rule", form, same=True) for form in definition.forms[1:]]
            if definition.since is None:
                opening.append(Member("rule", definition.expression, same=True))
            else:
                reason = sentence(self.words["since one"], sum=Math(definition.since, "=", ONE))
                opening.append(Member("since", definition.expression, same=True, reason=reason))
        return Chain(Symbol(name), self.links(definition, opening))

    def nearer(self, definition: Definition) -> Chain:
        """A derivative from those nearer to the loss, with the local derivatives that stand in its formula unnamed."""
        reason = why_from_nearer(self.graph, definition, self.words)
        opening = [Member("formula", definition.expression, reason=reason)] if reason else []
        return Chain(Symbol(definition.name), self.links(definition, opening))

    def readers(self, definition: Definition) -> tuple[Name, ...]:
        """What reads the quantity that a derivative of a sweep is taken by, as far as it leads to the loss."""
        assert isinstance(definition.name, Total)
        of, by = definition.name.of, definition.name.by
        found = [
            name.by if isinstance(name, Total) else name.of
            for name in definition.reads
            if isinstance(name, Total) or (isinstance(name, Local) and name.by == by)
        ]
        return tuple(dict.fromkeys([*found, *((of,) if by in self.graph.by_name[of].reads else ())]))

    def apart(self, definition: Definition) -> Local | None:
        """The derivative of the loss alone, where it stands beside the one along all paths."""
        assert isinstance(definition.name, Total)
        alone = Local(definition.name.of, definition.name.by)
        return alone if alone in definition.reads and isinstance(definition.expression, Sum) else None

    def why(self, total: Total, ways: Sequence[tuple[Name, ...]]) -> Iterator[Block]:
        """The loss does not hold the parameter itself, so the way to it is followed."""
        if len(ways) == 1:
            yield Paragraph(self.say("not in", parameter=total.by, loss=total.of, path=Trail(ways[0])))
            return
        count = str(len(ways))
        if (total.of, total.by) in ways:
            both = {"total": Math(Symbol(total)), "local": Math(Symbol(Local(total.of, total.by)))}
            yield Paragraph(self.say("directly and", parameter=total.by, loss=total.of, count=count, **both))
        else:
            yield Paragraph(self.say("not in, several", parameter=total.by, loss=total.of, count=count))
        yield BulletList(tuple((Trail(way),) for way in ways))

    def factors(self, names: Sequence[Local], number: int) -> Iterator[Block]:
        """The known factors cited by the equation they were found in, the new ones derived."""
        known = [name for name in names if name in self.found_in]
        new = [name for name in names if name not in self.found_in]
        if known:
            yield Paragraph(sentence(self.words["known"], factors=self.cited(known)))
        if new:
            yield Paragraph(sentence(self.words["new factors" if known else "factors"]))
        self.found_in |= dict.fromkeys(new, number)
        yield from in_rows([self.factor(name) for name in new])

    def cited(self, names: Sequence[Local | Total]) -> tuple[Inline, ...]:
        """Each derivative with its value, and after the last of them that stand in one equation, its number."""
        parts: list[Inline] = []
        for place, name in enumerate(names):
            if place:
                parts.append(Text(", "))
            parts.append(self.equality(name))
            following = names[place + 1] if place + 1 < len(names) else None
            number = self.found_in[name]
            if number and (following is None or self.found_in[following] != number):
                where = sentence(self.words["from"], equation=self.equation(number))
                parts.extend([Text(" "), *where])
        return tuple(parts)

    def factor(self, name: Local, left: Total | None = None) -> Chain:
        """A local derivative: the derivative to be taken, the rule, the tidied form, its value.

        Where a function is worked by cases, the case that applies is differentiated, and the line says why it does.
        """
        definition, opening = self.differentiated(name, self.graph.by_name[name])
        return Chain(Symbol(left or name), self.links(definition, opening))

    def differentiated(self, name: Local | Total, definition: Definition) -> tuple[Definition, list[Member]]:
        """The members that lead from the derivative to be taken to its tidied form, and the definition it leaves."""
        formula = self.graph.by_name[name.of].expression
        cases = decisions(self.board, formula, name.by, self.board.rounding.of(name))
        opening = [Member("formula", Derivative(applied(formula), name.by))]
        if cases:
            definition = replace(definition, expression=tidy(decided(self.board, definition.expression, cases)))
        if name.by in definition.reads and not isinstance(formula, Call):
            opening.append(Member("rule", decided(self.board, by_rule(formula, name.by), cases), same=True))
        opening.append(Member("rule", definition.expression, same=True))
        reason = because(cases, self.words) or why_linear(formula, name.of, self.words)
        opening[1] = replace(opening[1], reason=reason or self.taken_from(formula, name.by))
        return definition, opening

    def taken_from(self, formula: Expression, by: QuantityName) -> tuple[Inline, ...]:
        """Beside a local derivative: which function it is of."""
        match formula:
            case Call(function) if FUNCTIONS[function].activation:
                return self.of_activation(function)
            case Call("softmax", (own, *_)):
                key = "slope of softmax" if own == Symbol(by) else "slope of softmax across"
                return sentence(self.words[key]) if self.is_new(key) else ()
            case _:
                return ()

    def of_activation(self, function: str) -> tuple[Inline, ...]:
        """Beside the derivative of an activation, said once: which function it is of."""
        new = FUNCTIONS[function].activation and not self.brief and self.is_new(f"slope of {function}")
        return sentence(self.words["slope of activation"], activation=FUNCTIONS[function].word) if new else ()

    def values_put_in(self, definition: Definition) -> tuple[Link, ...]:
        """∂E/∂w ≈ -0.179 · 0.235 · 0.588 ≈ -0.0247: the formula itself stands above and is not repeated."""
        return self.links(definition)[1:]

    def links(self, definition: Definition, opening: Sequence[Member] = ()) -> tuple[Link, ...]:
        return definition_links(self.board, definition, opening, self.words["too small"], self.words)

    def equality(self, name: Local | Total) -> Math:
        printed = self.board.shown(name).expression
        if printed == Symbol(name):  # it stays as it is
            return Math(printed)
        return Math(Symbol(name), self.board.relation(Symbol(name), printed), printed)

    def equation(self, number: int) -> tuple[Inline, ...]:
        return sentence(self.words["equation"], number=str(number))

    def say(self, key: str, **parts: QuantityName | Inline | tuple[Inline, ...] | str) -> tuple[Inline, ...]:
        """A phrase whose names are printed as mathematics."""
        return sentence(
            self.words[key],
            **{at: Math(Symbol(part)) if isinstance(part, QuantityName) else part for at, part in parts.items()},
        )


def _width(chain: Chain) -> float:
    """The widest line of a chain and the space after it; one with a reason takes a row of its own."""
    reason = PAGE if any(link.reason for link in chain.links) else 0
    members = [width(link.member) for link in chain.links]
    widest = sum(members) + GAP * (len(members) - 1) if chain.brief else max(members)
    return width(chain.left) + widest + BETWEEN + reason


def in_rows(chains: Sequence[Chain]) -> Iterator[Chain | SideBySide]:
    """Chains side by side where they have room."""
    row: list[Chain] = []
    for chain in chains:
        if row and sum(map(_width, (*row, chain))) > PAGE + BETWEEN / 2:
            yield _row(row)
            row = []
        row.append(chain)
    if row:
        yield _row(row)


def _row(chains: Sequence[Chain]) -> Chain | SideBySide:
    return chains[0] if len(chains) == 1 else SideBySide(tuple(chains))
