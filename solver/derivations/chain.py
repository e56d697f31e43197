"""Definitions and the derivatives asked for -> each by the chain rule, written with those already found.

Differentiating along definitions is what the delta rule and backpropagation are: a delta is a derivative that has been
given a name, and the next ones are written with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from solver.derivations.derived import Derived, Working, proven
from solver.derivations.meaning import Meaning
from solver.derivations.rules import apply_rule, taken_whole
from solver.derivations.simplify import collect
from solver.derivations.step import Step
from solver.derivations.vectorlines import chain_in_vectors
from solver.derivations.written import in_form
from solver.diagnostics import Fault, ProblemError
from solver.expression import (
    Derivative,
    Expression,
    Negate,
    Product,
    Sum,
    Symbol,
    Term,
    reads,
    substitute,
    symbols,
    walk,
)
from solver.names import Local, Name, QuantityName, Total
from solver.problem import Asked, ChainRule

MAX_PATHS = 64


@dataclass(slots=True)
class _Known:
    """The definitions, and what has been found: the locals that have a line, the totals with their short names."""

    formulas: dict[Name, Expression]
    shown: dict[QuantityName, Expression] = field(default_factory=dict)
    locals: dict[Local, Working] = field(default_factory=dict)
    values: dict[QuantityName, Expression] = field(default_factory=dict)


def chain(asked: ChainRule) -> Derived:
    """Every derivative that is asked for, in order, with the local derivatives that it needs before it.

    Raises ProblemError where a quantity does not depend on the other.
    """
    known = _Known(dict(asked.definitions))
    general = frozenset(asked.functions)
    known.values.update(asked.definitions)
    workings: list[Working] = []
    faults: list[Fault] = []
    for one in asked.derivatives:
        own = Total(one.of, one.by)
        paths = list(_paths(one, one.by, known))
        if not paths or len(paths) > MAX_PATHS:
            message = f"{one.of.text} does not depend on {one.by.text}" if not paths else "there are too many paths"
            raise ProblemError([Fault("S306", message, one.origin)])
        known.values[own] = _derivative_along(one, known, general)
        for path in paths:
            for name in path:
                if isinstance(name, Local) and name not in known.locals and (len(path) > 1 or len(paths) > 1):
                    local = _local(name, known)
                    known.values[name] = Derivative(known.formulas[name.of], name.by)
                    known.locals[name] = local
                    checked, found = proven(local, Meaning(values=_unspelled(known, name), general=general))
                    known.values[name] = _spelled(checked.result, known, general)
                    workings.append(checked)
                    faults.extend(found)
        working, found = proven(_total(one, own, paths, known), Meaning(values=known.values, general=general))
        workings.append(working)
        faults.extend(found)
        known.shown[own] = Symbol(one.short) if one.short else Symbol(own)
        if one.short:
            known.values[one.short] = known.values[own]
    if faults:
        raise ProblemError(faults)
    results = [(w.name, w.result) for w in workings if w.name is not None and isinstance(w.name, Total)]
    meaning = Meaning(values=known.values, general=general)
    return chain_in_vectors(asked, Derived(meaning, tuple(workings), results=tuple(results)))


def _paths(asked: Asked, name: Name, known: _Known) -> Iterator[tuple[QuantityName, ...]]:
    """The ways from a quantity to what reads a name: ∂E/∂y, ∂y/∂h, ∂h/∂w; what is known already is one step."""
    for reader, formula in known.formulas.items():
        if name not in symbols(formula):
            continue
        step = Local(reader, name)
        if reader == asked.of:
            yield (step,)
        elif Total(asked.of, reader) in known.shown:
            yield (Total(asked.of, reader), step)
        else:
            yield from ((*before, step) for before in _paths(asked, reader, known))


def _local(name: Local, known: _Known) -> Working:
    taken = Derivative(known.formulas[name.of], name.by)
    result = taken_whole(taken)
    steps = [Step("by definition", None, taken), *_by_rule(taken)]
    if collect(result) != result:
        steps.append(Step("tidy", None, collect(result)))
    return Working(Symbol(name), tuple(steps), name)


def _by_rule(taken: Derivative) -> Iterator[Step]:
    """The derivative in one line with the rules that take it; terms that are constant are left out in one before it."""
    node = taken.operand
    if isinstance(node, Sum):
        moving = [term for term in node.terms if reads(term.value, taken.by)]
        if len(moving) == 1 and len(node.terms) > 1:
            (term,) = moving
            node = term.value if term.sign > 0 else Negate(term.value)
            rest = replace(taken, operand=node)
            yield Step("one term", None, taken_whole(taken) if _is_linear(node, taken.by) else rest)
            if _is_linear(node, taken.by):
                return
    rule, function = "local", ""
    applied = apply_rule(replace(taken, operand=node))
    while applied.rule == "constant factor":
        (inner,) = [part for part in walk(applied.after) if isinstance(part, Derivative)]
        applied = apply_rule(inner)
    if applied.rule in ("known", "power", "power alone", "chain", "product", "quotient"):
        rule, function = applied.rule, applied.function
    yield Step(rule, None, taken_whole(taken), function=function)


def _is_linear(node: Expression, by: QuantityName) -> bool:
    return not reads(taken_whole(Derivative(node, by)), by)


def _unspelled(known: _Known, name: Local) -> dict[QuantityName, Expression]:
    """A local derivative is compared in the names of its own formula."""
    return {name: Derivative(known.formulas[name.of], name.by)}


def _spelled(node: Expression, known: _Known, general: frozenset[str]) -> Expression:
    return Meaning(values=known.values, general=general).spelled_out(node)


def _derivative_along(asked: Asked, known: _Known, general: frozenset[str]) -> Expression:
    """The whole derivative by another route: everything but `by` put in, differentiated by normal forms."""
    everything: dict[QuantityName, Expression] = dict(known.formulas.items())
    inner = {name: formula for name, formula in everything.items() if name != asked.by}
    whole = Meaning(values=inner, general=general).spelled_out(known.formulas[asked.of])
    taken = in_form(Derivative(whole, asked.by), "single fraction")
    if asked.by not in known.formulas:
        return taken
    return Meaning(values=everything, general=general).spelled_out(taken)


def _total(asked: Asked, own: Total, paths: Sequence[tuple[QuantityName, ...]], known: _Known) -> Working:
    """∂E/∂w = ∂E/∂y ∂y/∂h ∂h/∂w = each factor put in = tidied."""
    named = _sum([_product([known.shown.get(name, Symbol(name)) for name in path]) for path in paths])
    if len(paths) == 1 and len(paths[0]) == 1:
        formula = known.formulas[asked.of]
        steps = [Step("by definition", None, Derivative(formula, asked.by)),
                 *_by_rule(Derivative(formula, asked.by))]  # fmt: skip
    else:
        put: dict[QuantityName, Expression] = {name: local.result for name, local in known.locals.items()}
        inserted = substitute(named, put)
        long = _sum([_product([Symbol(name) for name in path]) for path in paths])
        steps = [Step("chain of", None, long)]
        if long != named:
            steps.append(Step("short names", None, named))
        steps.append(Step("factors", None, inserted))
    tidied = collect(steps[-1].after)
    if tidied != steps[-1].after:
        steps.append(Step("tidy", None, tidied))
    return Working(Symbol(own), tuple(steps), own)


def _sum(nodes: list[Expression]) -> Expression:
    return Sum(tuple(Term(1, node) for node in nodes)) if len(nodes) > 1 else nodes[0]


def _product(nodes: list[Expression]) -> Expression:
    return Product(tuple(nodes)) if len(nodes) > 1 else nodes[0]
