"""A gradient -> the new value of a parameter, by the rule of an optimizer, as further definitions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from solver.expression import ZERO, Expression, Product, Sum, Symbol, Term, integer, substitute
from solver.goals import Update
from solver.graph import Definition
from solver.names import Name, QuantityName, Total, parse_name
from solver.parse import parse_expression
from solver.tidy import tidy

RATE, PARAMETER, GRADIENT, COUNT = Name("eta"), Name("w"), Name("g"), Name("k")
DECAY = Name("lambda")


def working_name(letter: str, parameter: Name) -> Name:
    """The name of a quantity that an optimizer works for a parameter: `m_w_h` for the first moment of `w_h`."""
    return Name(letter, (parameter.base, *parameter.index))


def worked_names(update: Update, parameter: Name, step: int) -> tuple[Name, ...]:
    """The optimizer's quantities for a parameter, in the order they are worked."""
    decayed = ("g",) if _decays(update) else ()
    return tuple(working_name(letter, parameter).marked(step=step) for letter in (*decayed, *update.optimizer.steps))


def kept_names(update: Update, parameter: Name) -> tuple[Name, ...]:
    """What an optimizer keeps of a parameter from one update to the next."""
    formulas = " ".join(update.optimizer.steps.values())
    return tuple(working_name(letter, parameter) for letter in update.optimizer.steps if f"{letter}_old" in formulas)


def _decays(update: Update) -> bool:
    """Whether weight decay is added to the gradient."""
    decay = update.settings.get("lambda")
    return update.optimizer.decay and decay is not None and decay.value != 0


def update_definitions(
    update: Update,
    parameter: Name,
    current: Name,
    gradient: Total,
    step: int,
    first: bool,
    last: int = 0,
    count: Expression | None = None,
) -> Iterator[Definition]:
    """What is worked to update one parameter: the optimizer's quantities, then its new value.

    `current` is the parameter's value before the update and `gradient` the derivative by it. `step` is the mark of
    the update in a run (0 for none), `last` that of the update before; in the first of them everything kept is zero.
    `count` stands for the number of the update in formulas, that of the mark unless it is told.
    """
    row = update.optimizer
    kept: dict[QuantityName, Expression] = {
        PARAMETER: Symbol(current),
        GRADIENT: Symbol(gradient),
        RATE: Symbol(update.rate),
        COUNT: count or integer(step or 1),
    }
    kept |= {parse_name(symbol): Symbol(parse_name(symbol)) for symbol in update.settings}
    zero = frozenset(symbol for symbol, value in update.settings.items() if value.value == 0)
    if _decays(update):
        decayed = working_name("g", parameter).marked(step=step)
        yield Definition(decayed, substitute(_added_decay(), kept), update.origin)
        kept[GRADIENT] = Symbol(decayed)
    for letter, formula in row.steps.items():
        own = working_name(letter, parameter)
        before = integer(0) if first else Symbol(own.marked(step=last))
        formula = row.first.get(letter, formula) if first else formula
        kept[Name(letter, ("old",))] = before
        yield Definition(own.marked(step=step), substitute(_formula(formula, zero), kept), update.origin)
        kept[Name(letter)] = Symbol(own.marked(step=step))
    new = parameter.plain.tagged("new").marked(step=step)
    yield Definition(new, substitute(_formula(row.new, zero), kept), update.origin)


@lru_cache(maxsize=64)
def _formula(text: str, zero: frozenset[str]) -> Expression:
    """A formula of the optimizers' table, once for all parameters; what a setting of zero switches off is dropped."""
    formula = parse_expression(text)
    return tidy(substitute(formula, {parse_name(symbol): ZERO for symbol in zero})) if zero else formula


@lru_cache(maxsize=1)
def _added_decay() -> Expression:
    return Sum((Term(1, Symbol(GRADIENT)), Term(1, Product((Symbol(DECAY), Symbol(PARAMETER))))))
