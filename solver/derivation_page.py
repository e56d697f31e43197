"""A worked derivation -> the blocks of its page: what is given, the plot, the lines with their reasons, the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from solver.derivation_facts import conditions, exceptions, facts, jumps, mixed
from solver.derivation_numbers import checks
from solver.derivation_plots import plots
from solver.derivation_reasons import Reasons, shown
from solver.derivation_vectors import stacked_names, vector_blocks, vector_lines, vector_results, ways
from solver.derivation_words import WORDS
from solver.derivations.derived import Derived, EquationStep, Piece, Working
from solver.derivations.lines import TIDYING
from solver.derivations.matrices import stacked
from solver.derivations.rules import apply_rule, taken_whole
from solver.derivations.step import Step
from solver.derivations.vectorlines import bold
from solver.diagnostics import Path
from solver.document import (
    Block,
    BulletList,
    Cases,
    Chain,
    Comparison,
    Condition,
    EquationLine,
    Equations,
    Inline,
    Link,
    Math,
    Matrix,
    Paragraph,
    Section,
    SideBySide,
    Text,
    listed,
    sentence,
)
from solver.expression import Call, Derivative, Expression, Symbol
from solver.functions import FUNCTIONS
from solver.names import Local, Name, Second, Total, parse_name
from solver.phrases import PHRASES
from solver.problem import Asked, ChainRule, Derivation, MatrixShape, Problem, Rearrangement, Substitution
from solver.statement import inlines


def derivation_blocks(problem: Problem, derived: Derived) -> Iterator[Block]:
    """The page of a derivation, whatever is derived."""
    page = _Page(problem, derived, WORDS[problem.head.language])
    match problem.derivation:
        case Derivation() as derivation:
            yield from page.functions(derivation)
        case Rearrangement(unknown=unknown):
            yield from page.rearranged(unknown)
        case Substitution() as substitution:
            yield from page.inserted(substitution)
        case ChainRule() as rule:
            yield from page.along(rule)
        case None:
            return
        case _:
            assert_never(problem.derivation)


@dataclass(frozen=True, slots=True)
class _Page:
    problem: Problem
    derived: Derived
    words: Mapping[str, str]

    @property
    def reasons(self) -> Reasons:
        return Reasons(self.problem, self.words)

    def functions(self, derivation: Derivation) -> Iterator[Block]:
        """f(x) = ..., its domain and its plot, then each derivative line by line, the result, a check with numbers."""
        given: list[Block] = [
            Chain(function.call, (Link("=", function.formula, "formula"),)) for function in derivation.functions
        ]
        short = [term for term in derivation.terms if isinstance(term.shown, Symbol)]
        if short:
            given.append(Paragraph((Text(self.words["short"]),)))
            calls = {function.formula: function.call for function in derivation.functions}
            given.extend(
                Chain(term.shown, (Link("=", calls.get(term.formula, term.formula), "formula"),)) for term in short
            )
        if _is_one_call(derivation):
            given.extend(self.formulas(derivation))
        given.append(BulletList(tuple(facts(derivation, self.derived, self.words))))
        given.extend(plots(derivation, self.derived, self.words))
        yield Section(1, (Text(PHRASES[self.problem.head.language]["given"]),), tuple(given), "given")
        yield from self.derivatives(derivation)
        yield from self.inside(derivation)
        yield from self.results(derivation)
        yield from checks(derivation, self.derived, self.words)

    def derivatives(self, derivation: Derivation) -> Iterator[Block]:
        title = (Text(self.words["derivation"]),)
        if self.by_pieces(derivation):
            yield Section(1, title, tuple(self.by_cases(derivation)), "derivation")
        elif len(self.derived.workings) == 1:
            blocks = (*self.jumping(), *self.where(derivation), *self.working(self.derived.workings[0], derivation))
            yield Section(1, title, blocks, "derivation")
        else:
            shown: list[list[str]] = []
            jumping, second = tuple(self.jumping()), False
            alike: list[Working] = []
            for working in self.derived.workings:
                rules = _rules(working)
                whole = "author" in rules or not isinstance(working.name, Total)
                if rules in shown and not whole and derivation.detail == "rules":
                    alike.append(working)
                    continue
                shown.append(rules)
                if isinstance(working.name, Second) and not second:  # they begin with the first ones
                    yield from self.in_the_same_way(alike, derivation)
                    gradient: tuple[Block, ...] = (*self.where(derivation), self.matrix(derivation, "gradient"))
                    yield Section(1, (Text(self.words["gradient"]),), gradient)
                    alike, second = [], True
                key = "second derivative of" if isinstance(working.name, Second) else "derivative of"
                heading = sentence(self.words[key], name=Math(working.left))
                yield Section(1, heading, (*jumping, *self.where(derivation), *self.working(working, derivation)))
                jumping = ()
            yield from self.in_the_same_way(alike, derivation)

    def jumping(self) -> Iterator[Paragraph]:
        """What the functions are that come in with a derivative of a function with kinks."""
        yield from map(Paragraph, jumps(self.derived, self.words))

    def where(self, derivation: Derivation) -> Iterator[Paragraph]:
        """Where lines hold that do not hold everywhere."""
        found = conditions(derivation, self.derived)
        if found:
            yield Paragraph(sentence(self.words["where"], condition=listed(found)))

    def in_the_same_way(self, alike: Sequence[Working], derivation: Derivation) -> Iterator[Block]:
        """Derivatives that take the same rules as one above: only what comes out."""
        if alike:
            chains = tuple(Chain(w.left, (Link("=", w.result, "result"),)) for w in alike)
            yield Section(1, (Text(self.words["alike"]),), (*self.where(derivation), *chains))

    def working(self, working: Working, derivation: Derivation | None = None) -> Iterator[Block]:
        links = tuple(
            Link("=", step.after, "rule", self.reasons.of(step, derivation), proof=shown(step.proof))
            for step in working.steps
        )
        yield Chain(working.left, links)

    def inside(self, derivation: Derivation) -> Iterator[Block]:
        """The derivatives that were taken inside lines, each on its own, where the author asks for them."""
        steps = [part for w in self.derived.all_workings for step in w.steps for part in step.substeps]
        inner = tuple(self.substeps(steps)) if derivation.detail == "substeps" else ()
        if inner:
            yield Section(1, (Text(self.words["substeps"]),), inner, "substeps")

    def substeps(self, steps: Sequence[Step]) -> Iterator[Block]:
        """Each derivative that was taken inside a line, with the rule that takes it, and those inside it."""
        seen: dict[Expression, Step] = {}
        pending = list(steps)
        while pending:
            step = pending.pop(0)
            assert step.before is not None
            if step.before in seen:
                continue
            seen[step.before] = step
            pending.extend(step.substeps)
        for before, step in seen.items():
            assert isinstance(before, Derivative)
            opened = apply_rule(before).after
            links = [Link("=", opened, "rule", self.reasons.of(step), proof="algebra")]
            put = taken_whole(opened)
            if put not in (opened, step.after):
                links.append(Link("=", put, "rule", (Text(self.words["put inside"]),), proof="algebra"))
            if opened != step.after:
                words = self.words["tidy" if put != step.after else "put inside"]
                links.append(Link("=", step.after, "rule", (Text(words),), proof="algebra"))
            yield Chain(before, tuple(links))

    def by_pieces(self, derivation: Derivation) -> tuple[tuple[Piece, Condition | Comparison | None], ...]:
        """The pieces as they are printed, where the author leaves the way to take the derivative to the page.

        Of two the one above the kink comes first; more go from the left to the right.
        """
        if derivation.is_steered:
            return ()
        pieces = self.derived.pieces
        ordered = reversed(pieces) if len(pieces) == 2 else pieces
        return tuple((piece, _where(piece, Symbol(derivation.by[0]))) for piece in ordered)

    def closed(self, piece: Piece, by: Symbol, smooth: bool = False) -> Condition | Comparison | None:
        """Where a formula of a function holds, the kink below it included unless the function jumps there.

        With `smooth`, where the derivative does: the kink is included only where both slopes are the same.
        """
        kink = next((kink for kink in self.derived.kinks if kink.point == piece.low), None)
        return _where(piece, by, kink is not None and (kink.is_smooth if smooth else not kink.jumps))

    def by_cases(self, derivation: Derivation) -> Iterator[Block]:
        """A formula for each interval, each differentiated."""
        function, pieces = derivation.functions[0], self.by_pieces(derivation)
        call = Math(function.call)
        if len(pieces) == 1:
            yield Paragraph(sentence(self.words["one formula"], function=call))
            yield Chain(function.call, (Link("=", pieces[0][0].formula, "formula"),))
        elif len(pieces) == 2 and (point := pieces[1][0].high) is not None:
            yield Paragraph(
                sentence(self.words["by cases"], function=call, point=Math(Symbol(derivation.by[0]), "=", point))
            )
        else:
            yield Paragraph(sentence(self.words["by intervals"], function=call, count=str(len(pieces))))
        if not _is_one_call(derivation):
            yield from self.formulas(derivation)
        for piece, where in pieces:
            if where is not None:
                yield Paragraph(sentence(self.words["where"], condition=where))
            yield from self.working(piece.working, derivation)

    def formulas(self, derivation: Derivation) -> Iterator[Cases]:
        """The function by cases."""
        by, call = Symbol(derivation.by[0]), derivation.functions[0].call
        found = [(piece.formula, self.closed(piece, by)) for piece, _ in self.by_pieces(derivation)]
        yield from self.cases(call, found)

    def cases(
        self, left: Expression, cases: Sequence[tuple[Expression, Condition | Comparison | None]]
    ) -> Iterator[Cases]:
        """Formulas with the intervals on which they hold."""
        shown = tuple((node, where) for node, where in cases if where is not None)
        if shown:
            yield Cases(left, shown)

    def results(self, derivation: Derivation) -> Iterator[Block]:
        workings = self.derived.workings
        title = (Text(self.words["result"]),)
        pieces = self.by_pieces(derivation)
        told = exceptions(derivation, self.derived, self.words, taken=len(pieces) > 1)
        said = (BulletList(told),) if told else ()
        if len(pieces) == 1:
            chain = Chain(workings[0].left, (Link("=", pieces[0][0].working.result, "result"),))
            yield Section(1, title, (*self.where(derivation), chain, *said))
        elif pieces:
            by = Symbol(derivation.by[0])
            found = [(piece.working.result, self.closed(piece, by, smooth=True)) for piece, _ in pieces]
            yield Section(1, title, (*self.cases(workings[0].left, found), *said))
        elif not derivation.shape:
            chains = tuple(Chain(w.left, (Link("=", w.result, "result"),)) for w in workings)
            yield Section(1, title, (*self.where(derivation), *chains, *said))
        else:
            heading = (Text(self.words[derivation.shape]),)
            stacks = tuple(vector_blocks(self.derived, self.words)) or (self.matrix(derivation, derivation.shape),)
            equal = tuple(map(Paragraph, mixed(self.derived, self.words)))
            yield Section(1, heading, (*self.where(derivation), *stacks, *equal, *said))

    def matrix(self, derivation: Derivation, shape: MatrixShape) -> Matrix:
        """The derivatives in their places, and what they are."""
        return Matrix(shape, derivation.function, stacked(derivation, self.derived, shape).stages)

    def rearranged(self, unknown: Name) -> Iterator[Block]:
        title = sentence(self.words["equation heading"], unknown=Math(Symbol(unknown)))
        lines = tuple(
            EquationLine(step.left, step.right, self.equation_reason(step, unknown), shown(step.proof))
            for step in self.derived.equations
        )
        yield Section(1, title, (Equations(lines),))
        (_, result), *_ = self.derived.results
        chain = Chain(Symbol(unknown), (Link("=", result, "result"),))
        yield Section(1, (Text(self.words["result"]),), (chain,))

    def equation_reason(self, step: EquationStep, unknown: Name) -> tuple[Inline, ...]:
        operand = Math(step.operand) if step.operand is not None else ""
        said = (
            inlines(step.because, self.problem)
            if step.rule == "author"
            else sentence(self.words[step.rule], operand=operand, unknown=Math(Symbol(unknown)))
        )
        return (*said, *self.reasons.doubt(step.proof))

    def inserted(self, substitution: Substitution) -> Iterator[Block]:
        given: list[Block] = [Chain(Symbol(substitution.name), (Link("=", substitution.formula, "formula"),))]
        given.extend(Chain(Symbol(name), (Link("=", formula, "formula"),)) for name, formula in substitution.inserted)
        yield Section(1, (Text(PHRASES[self.problem.head.language]["given"]),), tuple(given), "given")
        working = self.derived.workings[0]
        yield Section(1, (Text(self.words["derivation"]),), tuple(self.working(working)), "derivation")
        result = Chain(working.left, (Link("=", working.result, "result"),))
        yield Section(1, (Text(self.words["result"]),), (result,))

    def along(self, rule: ChainRule) -> Iterator[Block]:
        """The definitions, then each derivative: its factors, the chain rule, the name it goes by."""
        given: list[Block] = []
        if rule.functions:
            names = [Math(Symbol(parse_name(word))) for word in rule.functions]
            given.append(Paragraph(sentence(self.words["general"], functions=listed(names))))
        given.extend(Chain(Symbol(name), (Link("=", formula, "formula"),)) for name, formula in rule.definitions)
        given.extend(stacked_names(rule, self.derived, self.words))
        yield Section(1, (Text(self.words["definitions"]),), tuple(given))
        pending: list[Working] = []
        totals: dict[Path, list[tuple[Asked, Working, list[Working]]]] = {}
        asked = iter(rule.derivatives)
        for working in self.derived.workings:
            if isinstance(working.name, Local):
                pending.append(working)
                continue
            one = next(asked)
            totals.setdefault(one.origin, []).append((one, working, pending))
            pending = []
        by_vector = {group.origin: Total(group.of, bold(group.by)) for group in rule.groups}
        for origin, found in totals.items():
            first = found[0][0]
            name = by_vector.get(origin, Total(first.of, first.by))
            heading = sentence(self.words["derivative of"], name=Math(Symbol(name)))
            yield Section(1, heading, tuple(self.together(found)))
        results = tuple(
            Chain(own.left if one.short is None else Symbol(one.short), (Link("=", own.result, "result"),))
            for origin, found in totals.items()
            for one, own, _ in (found if origin not in by_vector else ())
        )
        if results:
            yield Section(1, (Text(self.words["result"]),), results)
        lines = tuple(vector_lines(self.derived, self.words))
        if lines:
            yield Section(1, (Text(self.words["in vectors"]),), lines, "vectors")
            together = tuple(vector_results(self.derived, by_vector.values()))
            yield Section(1, (Text(self.words["result"]),), together)

    def together(self, found: Sequence[tuple[Asked, Working, list[Working]]]) -> Iterator[Block]:
        """The derivative by one entry of a vector in full, with its factors; of the others what comes out."""
        (one, working, factors), *others = found
        if factors:
            yield Paragraph((Text(self.words["each factor" if len(factors) > 1 else "one factor"]),))
            for local in factors:
                yield from self.working(local)
        yield from ways(working, self.words)
        yield from self.working(working)
        named = (Text(self.words["named"]),)
        if one.short is not None:
            yield Chain(Symbol(one.short), (Link("=", working.left, "formula", named),))
        if others:
            yield Paragraph((Text(self.words["others alike"]),))
        for other, own, factors in others:
            row = [Chain(each.left, (Link("=", each.result, "result"),)) for each in (*factors, own)]
            if other.short is not None:
                row.append(Chain(Symbol(other.short), (Link("=", own.left, "formula"),)))
            for start in range(0, len(row), 2):
                yield SideBySide(tuple(row[start : start + 2])) if len(row) > start + 1 else row[start]


def _is_one_call(derivation: Derivation) -> bool:
    """Whether the function is one of the table, whose cases are its definition."""
    formula = derivation.functions[0].formula
    return isinstance(formula, Call) and len(derivation.functions) == 1 and bool(FUNCTIONS[formula.function].cases)


def _where(piece: Piece, by: Symbol, with_low: bool = False) -> Condition | Comparison | None:
    """x < 0, 0 < x < 1, x > 1; `with_low` includes the lower end: 0 ≤ x < 1."""
    if piece.low is not None and piece.high is not None:
        return Comparison((piece.low, by, piece.high), ("≤" if with_low else "<", "<"))
    if piece.low is not None:
        return Condition(by, "≥" if with_low else ">", piece.low)
    return Condition(by, "<", piece.high) if piece.high is not None else None


def _rules(working: Working) -> list[str]:
    return [step.rule for step in working.steps if step.rule not in TIDYING]
