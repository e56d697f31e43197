"""A problem's ordered, named definitions: checked when built, lengthened by every goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flint import arb, fmpq

from solver.diagnostics import Fault, InternalError, Path
from solver.expression import Expression, Number, symbols
from solver.frozen import frozen
from solver.names import Name, QuantityName
from solver.parse import locate


@frozen
class Definition:
    """`name = expression`. `origin` is its place in the spec, `stated` a value the author gave for it.

    `forms` are what the expression was before, each equal to the next; the last of them equals the expression because
    the sum `since` is one, or, where that is None, by the rules of algebra.
    """

    name: QuantityName
    expression: Expression
    origin: Path = ()
    stated: Number | None = None
    forms: tuple[Expression, ...] = ()
    since: Expression | None = None
    reads: tuple[QuantityName, ...] = field(init=False, compare=False, repr=False)
    """The names that the expression reads, in reading order: asked of every definition many times, found once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", symbols(self.expression))


@dataclass(frozen=True, slots=True)
class Graph:
    """Givens and definitions, each reading only what stands before it; a name is defined once.

    A name that is read but neither given nor defined is unknown: it stays a symbol. `started` holds what updates
    that are left out hand on to those that are kept: for each such name its value at a working precision.
    """

    givens: Mapping[Name, Number]
    definitions: tuple[Definition, ...] = ()
    started: Mapping[Name, Callable[[int], fmpq | arb]] = field(default_factory=dict, compare=False)
    by_name: Mapping[QuantityName, Definition] = field(init=False, compare=False, repr=False)
    unknowns: tuple[QuantityName, ...] = field(init=False, compare=False, repr=False)
    """The names that stay symbols, in reading order."""

    def __post_init__(self) -> None:
        known: set[QuantityName] = {*self.givens, *self.started}
        by_name: dict[QuantityName, Definition] = {}
        unknown: dict[QuantityName, None] = {}
        for definition in self.definitions:
            for read in definition.reads:
                if read not in known:
                    unknown[read] = None
            name = definition.name
            if name in unknown or name in known:
                raise InternalError(f"{name.text} is defined twice or read before its definition")
            known.add(name)
            by_name[name] = definition
        object.__setattr__(self, "by_name", by_name)
        object.__setattr__(self, "unknowns", tuple(unknown))

    def extended(self, definitions: Iterable[Definition]) -> Graph:
        """The same graph with more definitions at its end; of those with one name the first stands."""
        added: dict[QuantityName, Definition] = {}
        for definition in definitions:
            if definition.name not in self.by_name:
                added.setdefault(definition.name, definition)
        return Graph(self.givens, (*self.definitions, *added.values()), self.started)

    def names(self) -> tuple[QuantityName, ...]:
        """Every name: given, handed on, defined, unknown."""
        return (*self.givens, *self.started, *self.by_name, *self.unknowns)


@dataclass(frozen=True, slots=True)
class Written:
    """A definition as its author wrote it: text, tree, and place in the spec."""

    name: Name
    text: str
    expression: Expression
    origin: Path

    @property
    def reads(self) -> tuple[Name, ...]:
        return tuple(name for name in symbols(self.expression) if isinstance(name, Name))


def order_faults(definitions: Sequence[Written]) -> Iterator[Fault]:
    """What is wrong with the author's order: a circle, shown whole, or a name read before it is defined."""
    reads = {definition.name: definition.reads for definition in definitions}
    defined: set[Name] = set()
    for definition in definitions:
        name, path = definition.name, definition.origin
        for read in definition.reads:
            offset = locate(definition.text, read.text)
            if read not in reads or read in defined:
                continue
            circle = _circle(reads, name, read)
            if circle:
                shown = " -> ".join(part.text for part in circle)
                hint = f"take {read.text} out of the formula of {name.text}"
                if read != name:
                    hint += f", or give {read.text} a value in place of its formula"
                yield Fault("S304", f"{name.text} is defined by itself: {shown}", path, hint, offset)
                break
            yield Fault(
                "S303", f"{read.text} is used before it is defined", path,
                f"move the definition of {read.text} above that of {name.text}", offset,
            )  # fmt: skip
        defined.add(name)


def _circle(reads: Mapping[Name, Sequence[Name]], start: Name, first: Name) -> tuple[Name, ...]:
    """The way from `start` through `first` back to `start`, or nothing."""
    trail: list[tuple[Name, ...]] = [(start, first)]
    seen: set[Name] = set()
    while trail:
        way = trail.pop()
        if way[-1] == start:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            trail.extend((*way, name) for name in reversed(reads.get(way[-1], ())))
    return ()
