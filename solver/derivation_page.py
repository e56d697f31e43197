"""A worked derivation -> the blocks of its page: what is given, the plot, the lines with their reasons, the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from flint import fmpq

from solver.curves import Curve, plot_with_legend
from solver.derivation_facts import facts, given_numbers
from solver.derivation_numbers import checks
from solver.derivation_words import WORDS
from solver.derivations.derived import Derived, EquationStep, Kink, Working
from solver.derivations.lines import TIDYING
from solver.derivations.matrices import Stacked, stacked
from solver.derivations.rules import apply_rule, reads, taken_whole
from solver.derivations.step import Proof, Step
from solver.document import (
    Block,
    BulletList,
    Cases,
    Chain,
    Condition,
    EquationLine,
    Equations,
    Figure,
    Inline,
    Link,
    Math,
    Matrix,
    Paragraph,
    Section,
    Text,
    sentence,
)
from solver.evaluate import evaluate
from solver.expression import Call, Derivative, Expression, Sum, Symbol, substitute, walk
from solver.functions import FUNCTIONS
from solver.names import Local, Name, Second, Total, parse_name
from solver.phrases import PHRASES
from solver.problem import ChainRule, Derivation, Named, Problem, Rearrangement, Substitution
from solver.rounding import decimal
from solver.statement import inlines
from solver.tidy import written


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
        if len(derivation.functions) == len(derivation.by) == 1:
            items = tuple(facts(derivation, self.derived, self.words))
            if items:
                given.append(BulletList(items))
        given.extend(self.plots(derivation))
        yield Section(1, (Text(PHRASES[self.problem.head.language]["given"]),), tuple(given), "given")
        yield from self.derivatives(derivation)
        yield from self.inside(derivation)
        yield from self.results(derivation)
        yield from checks(derivation, self.derived, self.words)

    def derivatives(self, derivation: Derivation) -> Iterator[Block]:
        title = (Text(self.words["derivation"]),)
        if self.derived.kinks:
            yield Section(1, title, tuple(self.by_cases(derivation, self.derived.kinks[0])), "derivation")
        elif len(self.derived.workings) == 1:
            yield Section(1, title, tuple(self.working(self.derived.workings[0], derivation)), "derivation")
        else:
            shown: list[list[str]] = []
            alike: list[Working] = []
            for working in self.derived.workings:
                rules = _rules(working)
                if rules in shown and isinstance(working.name, Total) and derivation.detail == "rules":
                    alike.append(working)
                    continue
                shown.append(rules)
                if isinstance(working.name, Second):  # it is made from the first ones, so these come before it
                    yield from self.in_the_same_way(alike)
                    alike = []
                key = "second derivative of" if isinstance(working.name, Second) else "derivative of"
                heading = sentence(self.words[key], name=Math(working.left))
                yield Section(1, heading, tuple(self.working(working, derivation)))
            yield from self.in_the_same_way(alike)

    def in_the_same_way(self, alike: Sequence[Working]) -> Iterator[Block]:
        """Derivatives that take the same rules in the same order as one above: only what comes out."""
        if alike:
            chains = tuple(Chain(w.left, (Link("=", w.result, "result"),)) for w in alike)
            yield Section(1, (Text(self.words["alike"]),), chains)

    def working(self, working: Working, derivation: Derivation | None = None) -> Iterator[Block]:
        links = tuple(
            Link("=", step.after, "rule", self.reason(step, derivation), proof=shown(step.proof))
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
            if step.before in seen or step.rule in ("constant", "identity"):
                continue
            seen[step.before] = step
            pending.extend(step.substeps)
        for before, step in seen.items():
            assert isinstance(before, Derivative)
            opened = apply_rule(before).after
            links = [Link("=", opened, "rule", self.reason(step), proof="algebra")]
            put = taken_whole(opened)
            if put not in (opened, step.after):
                links.append(Link("=", put, "rule", (Text(self.words["put inside"]),), proof="algebra"))
            if opened != step.after:
                words = self.words["tidy" if put != step.after else "put inside"]
                links.append(Link("=", step.after, "rule", (Text(words),), proof="algebra"))
            yield Chain(before, tuple(links))

    def by_cases(self, derivation: Derivation, kink: Kink) -> Iterator[Block]:
        """A formula for either side, each side differentiated, what happens where they meet."""
        function, by = derivation.functions[0], Symbol(derivation.by[0])
        above, below = Condition(by, ">" if kink.jumps else "≥", kink.point), Condition(by, "<", kink.point)
        point = Math(by, "=", kink.point)
        yield Paragraph(sentence(self.words["by cases"], function=Math(function.call), point=point))
        yield Cases(function.call, ((kink.above.formula, above), (kink.below.formula, below)))
        inside = Condition(by, ">", kink.point)
        for key, condition, case in (("above", inside, kink.above), ("below", below, kink.below)):
            yield Paragraph(sentence(self.words[key], condition=condition))
            yield from self.working(case.working, derivation)

    def results(self, derivation: Derivation) -> Iterator[Block]:
        workings = self.derived.workings
        title = (Text(self.words["result"]),)
        if self.derived.kinks:
            kink, by = self.derived.kinks[0], Symbol(derivation.by[0])
            sides = [
                (kink.above, Condition(by, "≥" if kink.is_smooth else ">", kink.point)),
                (kink.below, Condition(by, "<", kink.point)),
            ]
            cases = tuple((case.working.result, condition) for case, condition in sides)
            after = () if kink.is_smooth else (self.convention(kink, derivation, workings[0]),)
            yield Section(1, title, (*after, Cases(workings[0].left, cases)))
        elif not derivation.shape:
            yield Section(1, title, tuple(Chain(w.left, (Link("=", w.result, "result"),)) for w in workings))
        else:
            heading = (Text(self.words[derivation.shape]),)
            matrix = stacked(derivation, self.derived)
            yield Section(1, heading, (self.matrix(derivation, matrix),))

    def convention(self, kink: Kink, derivation: Derivation, working: Working) -> Paragraph:
        """What a program that asks for the derivative at the kink is given."""
        by = derivation.by[0]
        put = substitute(self.derived.meaning.spelled_out(working.result), {by: kink.point})
        taken = evaluate(put, {})
        value = decimal(taken) if isinstance(taken, fmpq) and (taken * 10**6).q == 1 else put
        return Paragraph(sentence(self.words["convention"], point=Math(Symbol(by), "=", kink.point), value=Math(value)))

    def matrix(self, derivation: Derivation, found: Stacked) -> Matrix:
        assert derivation.shape
        return Matrix(derivation.shape, derivation.function, found.stages, found.factor, found.by, found.vector)

    def plots(self, derivation: Derivation) -> Iterator[Block]:
        if derivation.plot is None:
            return
        start, stop = derivation.plot.start, derivation.plot.stop
        function, working = derivation.functions[0], self.derived.workings[0]
        curves = [
            Curve(function.formula, function.call),
            Curve(self.derived.meaning.spelled_out(working.result), working.left),
        ]
        known = {name: number.value for name, number in derivation.example.items()}
        breaks = [kink.at for kink in self.derived.kinks if kink.at is not None]
        drawing = plot_with_legend(curves, derivation.by[0], start, stop, known, breaks)
        said = sentence(
            self.words["plot"], function=Math(function.call), derivative=Math(working.left),
            by=Math(Symbol(derivation.by[0])), start=Math(_number(start)), stop=Math(_number(stop)),
        )  # fmt: skip
        if derivation.example:
            said = (*said, *sentence(self.words["plot with"], numbers=given_numbers(derivation, derivation.by[:1])))
        yield Figure(drawing, said)
        if derivation.example:
            yield Paragraph(said)

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
        said = sentence(self.words[step.rule], operand=operand, unknown=Math(Symbol(unknown)))
        return (*said, *self.doubt(step.proof))

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
            given.append(Paragraph(sentence(self.words["general"], functions=tuple(_listed(names)))))
        given.extend(Chain(Symbol(name), (Link("=", formula, "formula"),)) for name, formula in rule.definitions)
        yield Section(1, (Text(self.words["definitions"]),), tuple(given))
        pending: list[Working] = []
        found: list[Block] = []
        asked = iter(rule.derivatives)
        for working in self.derived.workings:
            if isinstance(working.name, Local):
                pending.append(working)
                continue
            one = next(asked)
            blocks: list[Block] = []
            if pending:
                key = "each factor" if len(pending) > 1 else "one factor"
                blocks.append(Paragraph((Text(self.words[key]),)))
                blocks.extend(block for local in pending for block in self.working(local))
                pending = []
            blocks.extend(self.working(working))
            if one.short is not None:
                link = Link("=", working.left, "formula", (Text(self.words["named"]),))
                blocks.append(Chain(Symbol(one.short), (link,)))
            heading = sentence(self.words["derivative of"], name=Math(Symbol(Total(one.of, one.by))))
            yield Section(1, heading, tuple(blocks))
            found.append(
                Chain(working.left if one.short is None else Symbol(one.short), (Link("=", working.result, "result"),))
            )
        yield Section(1, (Text(self.words["result"]),), tuple(found))

    def reason(self, step: Step, derivation: Derivation | None = None) -> tuple[Inline, ...]:
        """The author's words, or those of the rule; a line that is not proven says so."""
        if step.rule == "author":
            said = inlines(step.because, self.problem) if step.because else ()
        else:
            parts: dict[str, Inline | tuple[Inline, ...] | str] = {"word": _word(step.function)}
            if isinstance(step.before, Derivative):
                parts |= {"by": Math(Symbol(step.before.by)), "term": Math(_moving(step.before))}
            if derivation is not None:
                used = [term for term in derivation.terms if term.shown in tuple(walk(step.after))]
                own = self.own(step, derivation)
                shown = own if len(derivation.by) == 1 else Symbol(parse_name(own.function))
                parts |= {"own": Math(shown), **_since(_as_read(used, step, derivation))}
            if step.rule == "put in":
                parts["operand"] = Math(Symbol(parse_name(step.function)))
            template = self.words[step.rule]
            if step.rule == "by definition" and derivation is None:
                template = self.words["definition"]
            if step.rule == "in terms of" and derivation is not None:
                template = " and ".join(self.words["is"].format(n=n) for n in range(len(used)))
                template = self.words["in terms of"] + template
            said = sentence(template, **parts)
        return (*said, *self.doubt(step.proof))

    def own(self, step: Step, derivation: Derivation) -> Call:
        """The function that a line spells out."""
        if isinstance(step.after, Derivative):
            return next(
                (f.call for f in derivation.functions if f.formula == step.after.operand), derivation.functions[0].call
            )
        return derivation.functions[0].call

    def doubt(self, proof: Proof | None) -> tuple[Inline, ...]:
        if proof is None or proof.is_proof:
            return ()
        return (Text(f" ({self.words['checked'].format(points=proof.points)})"),)


def shown(proof: Proof | None) -> str:
    """How a line is known to hold, for data."""
    if proof is None:
        return ""
    return proof.how if proof.is_proof else f"checked at {proof.points} points"


def _since(terms: Iterable[Named]) -> dict[str, Inline | tuple[Inline, ...] | str]:
    found: dict[str, Inline | tuple[Inline, ...] | str] = {}
    for place, term in enumerate(terms):
        found |= {f"formula{place}": Math(term.formula), f"shown{place}": Math(term.shown)}
    return found


def _as_read(terms: Sequence[Named], step: Step, derivation: Derivation) -> Iterator[Named]:
    """What stands for each term in the line before: its formula, or a form that its function was rewritten in."""
    before = tuple(walk(step.before)) if step.before is not None else ()
    for term in terms:
        own = term.shown == derivation.functions[0].call and term.formula not in before
        form = next((form for form in derivation.rewrite if form in before), None) if own else None
        yield term if form is None else replace(term, formula=form)


def _moving(taken: Derivative) -> Expression:
    """The first term of a sum that a derivative has anything to do with; the whole where it is no sum."""
    terms = taken.operand.terms if isinstance(taken.operand, Sum) else ()
    return next((term.value for term in terms if reads(term.value, taken.by)), taken.operand)


def _number(value: fmpq) -> Expression:
    """The end of a range: a decimal number where it is one."""
    return decimal(value) if (value * 10**6).q == 1 else written(value)


def _rules(working: Working) -> list[str]:
    return [step.rule for step in working.steps if step.rule not in TIDYING]


def _word(function: str) -> str:
    return FUNCTIONS[function].word if function in FUNCTIONS else function


def _listed(parts: Sequence[Inline]) -> Iterator[Inline]:
    for place, part in enumerate(parts):
        if place:
            yield Text(", ")
        yield part
