"""Where a loss and an activation fit together, their derivatives collapse: cross-entropy with softmax gives p - t.

A shortcut is never just used: it comes with the forms that lead to it, each proven equal to the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from solver.expression import ONE, Call, Expression, Negate, Product, Sum, Symbol, Term, children, rebuild
from solver.graph import Graph
from solver.losses import LOSSES
from solver.names import Local, Name, Total
from solver.parse import parse_expression

WRITTEN_OUT = 4
"""Outputs of a softmax up to which each entry of its Jacobian is worked; with more the result is stated."""

LocalOf = Callable[[Name, Name], Expression]
"""The local derivative of a definition by a name in its formula."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """The derivative by a net input: the forms that lead to it, and what it comes to.

    `since` is a sum of targets that is one, by which the last form becomes the result; None where nothing is needed.
    """

    forms: tuple[Expression, ...]
    result: Expression
    since: Sum | None = None


def ends_in_softmax(graph: Graph) -> bool:
    """Whether an output of a softmax stands in a cross-entropy."""
    outputs = [
        d.name for d in graph.definitions if isinstance(d.expression, Call) and d.expression.function == "softmax"
    ]
    own = {name for name in outputs if isinstance(name, Name)}
    return any(
        _target(definition.expression, "cross_entropy", output) is not None
        for definition in graph.definitions if own
        for output in own.intersection(definition.reads)
    )  # fmt: skip


def shortcut_of(
    net_input: Name,
    readers: Mapping[Name, Sequence[Name]],
    formulas: Mapping[Name, Expression],
    of: Name,
    local: LocalOf,
    is_one: Callable[[Sequence[Expression]], bool],
) -> Shortcut | None:
    """The shortcut for the derivative of `of` by a net input, where the loss and the activation above it fit.

    `readers` holds which definitions read a name, `is_one` tells whether targets are known to add up to one.
    """
    outputs = readers.get(net_input, ())
    if not all(isinstance(formulas[output], Call) for output in outputs):
        return None  # a weight, which stands in a sum
    losses = [reader for output in outputs for reader in readers.get(output, ())]
    if not outputs or len(losses) != len(outputs) or any(readers.get(loss, ()) not in ((), [of]) for loss in losses):
        return None
    calls = [formulas[output] for output in outputs]
    if all(isinstance(call, Call) and call.function == "softmax" for call in calls):
        return _softmax(net_input, outputs, losses, formulas, of, local, is_one)
    match calls:
        case [Call("sigmoid", (Symbol(argument),))] if argument == net_input:
            return _sigmoid(net_input, outputs[0], losses[0], formulas, of, local)
        case _:
            return None


def _softmax(
    net_input: Name,
    outputs: Sequence[Name],
    losses: Sequence[Name],
    formulas: Mapping[Name, Expression],
    of: Name,
    local: LocalOf,
    is_one: Callable[[Sequence[Expression]], bool],
) -> Shortcut | None:
    """d/dz_j of -sum t_k ln p_k: the sum of -t_k/p_k * dp_k/dz_j is p_j (t_1 + ... + t_n) - t_j."""
    pairs = list(zip(outputs, losses, strict=True))
    found = [_target(formulas[loss], "cross_entropy", output) for output, loss in pairs]
    targets = [target for target in found if target is not None]
    own = next((k for k, output in enumerate(outputs) if _first(formulas[output]) == Symbol(net_input)), None)
    if len(targets) < len(found) or own is None:
        return None
    p, t = Symbol(outputs[own]), targets[own]
    total = Sum(tuple(Term(1, target) for target in targets))
    collected = Sum((Term(1, Product((p, total))), Term(-1, t)))
    known = is_one(targets)
    result = Sum((Term(1, p), Term(-1, t))) if known else collected
    if len(outputs) > WRITTEN_OUT:
        return Shortcut((), result)
    chained = Sum(
        tuple(Term(1, Product((Symbol(Total(of, o)), Symbol(Local(o, net_input))))) for o in outputs)
    )  # fmt: skip
    slopes = [(local(loss, output), local(output, net_input)) for output, loss in pairs]
    put_in = Sum(tuple(_term(*slope) for slope in slopes))
    return Shortcut((chained, put_in, collected) if known else (chained, put_in), result, total if known else None)


def _term(first: Expression, second: Expression) -> Term:
    """A product as a term of a sum; the sign of its first factor stands in front of it."""
    sign, factor = (-1, first.operand) if isinstance(first, Negate) else (1, first)
    return Term(sign, Product((factor, *(second.factors if isinstance(second, Product) else (second,)))))


def _sigmoid(
    net_input: Name,
    output: Name,
    loss: Name,
    formulas: Mapping[Name, Expression],
    of: Name,
    local: LocalOf,
) -> Shortcut | None:
    """d/dz of -(t ln p + (1 - t) ln(1 - p)): ((1 - t)/(1 - p) - t/p) p (1 - p) = (1 - t) p - t (1 - p) = p - t."""
    target = _target(formulas[loss], "binary_cross_entropy", output)
    if target is None:
        return None
    chained = Product((Symbol(Total(of, output)), Symbol(Local(output, net_input))))
    slope = local(output, net_input)
    put_in = Product((local(loss, output), *(slope.factors if isinstance(slope, Product) else (slope,))))
    p, t = Symbol(output), target
    others = (Sum((Term(1, ONE), Term(-1, node))) for node in (t, p))
    cancelled = Sum((Term(1, Product((next(others), p))), Term(-1, Product((t, next(others))))))
    return Shortcut((chained, put_in, cancelled), Sum((Term(1, p), Term(-1, t))))


def _target(formula: Expression, loss: str, output: Name) -> Expression | None:
    """What stands for the target in a formula that is the loss of an output; None where it is another formula."""
    found: dict[str, Expression] = {}
    matches = loss in LOSSES and _matches(parse_expression(LOSSES[loss].formula), formula, found)
    return found["t"] if matches and found.get("o") == Symbol(output) else None


def _matches(pattern: Expression, node: Expression, found: dict[str, Expression]) -> bool:
    """Whether a formula has the shape of a pattern whose `t` and `o` stand for anything."""
    if isinstance(pattern, Symbol) and pattern.name in (Name("t"), Name("o")):
        return found.setdefault(pattern.name.text, node) == node
    inner, other = children(pattern), children(node)
    if type(pattern) is not type(node) or len(inner) != len(other):
        return False
    if not all(_matches(one, two, found) for one, two in zip(inner, other, strict=True)):
        return False
    parts = iter(other)
    return rebuild(pattern, lambda _: next(parts)) == node


def _first(node: Expression) -> Expression:
    return children(node)[0]
