"""A gradient -> the new value of a parameter, by the rule of an optimizer, as further definitions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from solver.expression import Expression, Number, Product, Sum, Symbol, Term, integer, substitute
from solver.goals import Update
from solver.graph import Definition
from solver.names import Name, QuantityName, Total, parse_name
from solver.optimizers import ROWS
from solver.parse import parse_expression
from solver.tidy import tidy

RATE, PARAMETER, GRADIENT, COUNT = Name("eta"), Name("w"), Name("g"), Name("k")
DECAY = Name("lambda")
SETTINGS = {parse_name(setting.symbol) for row in ROWS for setting in (*row.settings.values(), row.decay_setting)}


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
    kept |= {parse_name(symbol): _setting(symbol, value) for symbol, value in update.settings.items()}
    if _decays(update):
        decayed = working_name("g", parameter).marked(step=step)
        yield Definition(decayed, _put(_added_decay(), kept), update.origin)
        kept[GRADIENT] = Symbol(decayed)
    for letter, formula in row.steps.items():
        own = working_name(letter, parameter)
        before = integer(0) if first else Symbol(own.marked(step=last))
        formula = row.first.get(letter, formula) if first else formula
        kept[Name(letter, ("old",))] = before
        yield Definition(own.marked(step=step), _put(_formula(formula), kept), update.origin)
        kept[Name(letter)] = Symbol(own.marked(step=step))
    new = parameter.plain.tagged("new").marked(step=step)
    yield Definition(new, _put(_formula(row.new), kept), update.origin)


def _setting(symbol: str, value: Number) -> Expression:
    """A setting that is zero is left out of the formulas; any other stands by its symbol."""
    return value if value.value == 0 else Symbol(parse_name(symbol))


def _put(formula: Expression, kept: dict[QuantityName, Expression]) -> Expression:
    """The optimizer's formula with the problem's names; parts that a setting of zero switches off are dropped."""
    dropped: dict[QuantityName, Expression] = {
        name: value for name, value in kept.items() if isinstance(value, Number) and name in SETTINGS
    }
    formula = tidy(substitute(formula, dropped)) if dropped else formula
    return substitute(formula, kept)


@lru_cache(maxsize=64)
def _formula(text: str) -> Expression:
    """A formula of the optimizers' table, read once for all parameters."""
    return parse_expression(text)


@lru_cache(maxsize=1)
def _added_decay() -> Expression:
    return Sum((Term(1, Symbol(GRADIENT)), Term(1, Product((Symbol(DECAY), Symbol(PARAMETER))))))
