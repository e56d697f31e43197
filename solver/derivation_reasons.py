"""Why a line of a derivation follows from the one before it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.derivations.lines import differentiated
from solver.derivations.step import Proof, Step
from solver.document import Inline, Math, Text, sentence
from solver.expression import Call, Derivative, Expression, Sum, Symbol, reads, walk
from solver.functions import FUNCTIONS
from solver.measure import width
from solver.names import parse_name
from solver.problem import Derivation, Named, Problem
from solver.statement import inlines

ONE, ALL = 24, 42
"""Digits of a formula, and of all, that a line has room for beside it; wider ones are named alone."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons of a problem's lines, in the words of its language."""

    problem: Problem
    words: Mapping[str, str]

    def of(self, step: Step, derivation: Derivation | None = None) -> tuple[Inline, ...]:
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
                widths = [width(term.formula) for term in used]
                if max(widths) > ONE or sum(widths) > ALL:
                    template = self.words["written with"] + ", ".join(f"{{shown{n}}}" for n in range(len(used)))
            said = sentence(template, **parts)
            if step.on is not None:
                said = (*said, *sentence(self.words["on"], form=Math(step.on)))
            for rule, function in step.along:
                said = (*said, *sentence(self.words["along"], rule=sentence(self.words[rule], word=_word(function))))
        return (*said, *self.doubt(step.proof))

    def own(self, step: Step, derivation: Derivation) -> Call:
        """The function that a line spells out."""
        taken = differentiated(step.after)
        return next((f.call for f in derivation.functions if f.formula == taken), derivation.functions[0].call)

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
        form = next((one.form for one in derivation.rewrite if one.form in before), None) if own else None
        yield term if form is None else replace(term, formula=form)


def _moving(taken: Derivative) -> Expression:
    """The first term of a sum that a derivative has anything to do with; the whole where it is no sum."""
    terms = taken.operand.terms if isinstance(taken.operand, Sum) else ()
    return next((term.value for term in terms if reads(term.value, taken.by)), taken.operand)


def _word(function: str) -> Math | str:
    """A function of the table by its word, the author's own by its letter."""
    if function in FUNCTIONS:
        return FUNCTIONS[function].word
    return Math(Symbol(parse_name(function))) if function else ""
