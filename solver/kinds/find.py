"""The `find` section: what an author asks for, as goals on a graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from solver.diagnostics import Fault, Path, nearest
from solver.goals import Differentiate, Evaluate, Goal
from solver.names import Name
from solver.spec import NameText, Section, listed


def _update(value: Any) -> Any:
    return {"of": value} if isinstance(value, str | list) else value


Names = Annotated[list[NameText], BeforeValidator(listed), Field(min_length=1)]


class GradientSection(Section):
    """Derivatives of one quantity by others."""

    of: NameText
    by: Names


class UpdateSection(Section):
    """One step of gradient descent: which parameters, down which loss, at which learning rate."""

    of: Names
    minimise: NameText | None = None
    rate: NameText | None = None


class FindSection(Section):
    """What is asked."""

    value: Names | None = None
    gradient: Annotated[list[GradientSection], BeforeValidator(listed)] = []
    update: Annotated[UpdateSection | None, BeforeValidator(_update)] = None


def unknown_names(names: Iterable[Name], known: Collection[Name], path: Path) -> Iterator[Fault]:
    """A fault for each name asked for that the problem does not have."""
    seen: set[Name] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Fault("S305", f"{name.text} is named twice", (*path, place), "once is enough")
        seen.add(name)
        if name not in known:
            hint = nearest(name.text, [other.text for other in known])
            yield Fault("S306", f"{name.text} is neither given nor defined", (*path, place), hint)


def asked(find: FindSection, known: Collection[Name], faults: list[Fault]) -> Iterator[Goal]:
    """The goals `value` and `gradient`, which mean the same in every kind."""
    if find.value:
        faults.extend(unknown_names(find.value, known, ("find", "value")))
        yield Evaluate(tuple(find.value), ("find", "value"))
    for place, gradient in enumerate(find.gradient):
        path: Path = ("find", "gradient", place)
        faults.extend(unknown_names([gradient.of], known, (*path, "of")))
        faults.extend(unknown_names(gradient.by, known, (*path, "by")))
        yield Differentiate(gradient.of, tuple(gradient.by), (*path, "by"))
