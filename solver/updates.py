"""A gradient -> the new value of a parameter, by the rule of an optimizer, as further definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from solver.expression import ZERO, Expression, Product, Sum, Symbol, Term, integer, substitute
from solver.goals import Update
from solver.graph import Definition
from solver.mathnotation import Scripted, parts_of, unbraced
from solver.names import Name, QuantityName, Total, parse_name
from solver.parse import parse_expression
from solver.tidy import tidy

RATE, PARAMETER, GRADIENT, COUNT = Name("eta"), Name("w"), Name("g"), Name("k")
DECAY = Name("lambda")


def working_name(letter: str, parameter: Name) -> Name:
    """The name of a quantity that an optimizer works for a parameter: `m_w_h` for the first moment of `w_h`."""
    return Name(letter, (parameter.base, *parameter.index))


def worked_letters(update: Update) -> tuple[str, ...]:
    """The letters of what an optimizer works for each parameter, in their order."""
    return (*(("g",) if _decays(update) else ()), *update.optimizer.steps)


def worked_names(update: Update, parameter: Name, step: int) -> tuple[Name, ...]:
    """The optimizer's quantities for a parameter, in the order they are worked."""
    return tuple(working_name(letter, parameter).marked(step=step) for letter in worked_letters(update))


def worked_pairs(update: Update) -> Iterator[tuple[Name, Name]]:
    """Each parameter with each quantity that the optimizer works for it, outside any run."""
    for letter in worked_letters(update):
        yield from ((parameter, working_name(letter, parameter)) for parameter in update.of)


def kept_names(update: Update, parameter: Name) -> tuple[Name, ...]:
    """What an optimizer keeps of a parameter from one update to the next."""
    formulas = " ".join(update.optimizer.steps.values())
    return tuple(working_name(letter, parameter) for letter in update.optimizer.steps if f"{letter}_old" in formulas)


def worked_notation(update: Update, notation: Mapping[Name, str]) -> Iterator[tuple[Name, str]]:
    """The TeX of what an optimizer works for each parameter, with that of the parameter below: v_{w^{(1)}_{11}}."""
    for parameter, name in worked_pairs(update):
        own = notation.get(parameter) or parts_of(parameter, {}).tex()
        bare = name.base.removesuffix("hat")
        symbol = bare if bare == name.base else rf"\hat{{{bare}}}"
        yield name, Scripted(symbol, (unbraced(own),)).tex()


def _decays(update: Update) -> bool:
    """Whether weight decay is added to the gradient."""
    decay = update.settings.get("lambda")
    return update.optimizer.decay and decay is not None and decay.value != 0


@dataclass(slots=True)
class UpdateRule:
    """The rule of an optimizer in one update: what is worked for each parameter, and its new value.

    `step` is the mark of the update in a run (0 for none), `last` that of the update before; in the first of them
    everything kept is zero. `count` stands for the number of the update in formulas, that of the mark unless it is
    told.
    """

    update: Update
    step: int = 0
    first: bool = True
    last: int = 0
    count: Expression | None = None
    shared: Mapping[QuantityName, Expression] = field(init=False)
    """What stands in the formulas of every parameter."""
    new: Expression = field(init=False)
    """The formula of the new value."""

    def __post_init__(self) -> None:
        settings = (parse_name(symbol) for symbol in self.update.settings)
        count = self.count or integer(self.step or 1)
        self.shared = {RATE: Symbol(self.update.rate), COUNT: count, **{name: Symbol(name) for name in settings}}
        self.new = self.formula(self.update.optimizer.new)

    def definitions(self, parameter: Name, current: Name, gradient: Total) -> Iterator[Definition]:
        """The optimizer's quantities for a parameter, then its new value.

        `current` is the parameter's value before the update and `gradient` the derivative by it.
        """
        update, row = self.update, self.update.optimizer
        kept: dict[QuantityName, Expression] = {**self.shared, PARAMETER: Symbol(current), GRADIENT: Symbol(gradient)}
        if _decays(update):
            decayed = working_name("g", parameter).marked(step=self.step)
            yield Definition(decayed, substitute(_added_decay(), kept), update.origin)
            kept[GRADIENT] = Symbol(decayed)
        for letter, formula in row.steps.items():
            own = working_name(letter, parameter)
            before = integer(0) if self.first else Symbol(own.marked(step=self.last))
            formula = row.first.get(letter, formula) if self.first else formula
            kept[Name(letter, ("old",))] = before
            yield Definition(own.marked(step=self.step), substitute(self.formula(formula), kept), update.origin)
            kept[Name(letter)] = Symbol(own.marked(step=self.step))
        new = Name(parameter.base, parameter.index, "new", step=self.step)
        yield Definition(new, substitute(self.new, kept), update.origin)

    def formula(self, text: str) -> Expression:
        """A formula of the optimizer; what a setting of zero switches off is dropped."""
        return _formula(text, frozenset(symbol for symbol, value in self.update.settings.items() if value.value == 0))


@lru_cache(maxsize=64)
def _formula(text: str, zero: frozenset[str]) -> Expression:
    """A formula of the optimizers' table, once for all parameters; what a setting of zero switches off is dropped."""
    formula = parse_expression(text)
    return tidy(substitute(formula, {parse_name(symbol): ZERO for symbol in zero})) if zero else formula


@lru_cache(maxsize=1)
def _added_decay() -> Expression:
    return Sum((Term(1, Symbol(GRADIENT)), Term(1, Product((Symbol(DECAY), Symbol(PARAMETER))))))
