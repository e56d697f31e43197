"""KINDS: what a problem can be; each is one module that turns its spec into definitions and goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from solver import reader
from solver.diagnostics import Fault, ProblemError, nearest
from solver.kinds import derivation, graph, network
from solver.problem import Head, Problem
from solver.spec import Spec


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the key that announces it, its model, and the stage from its spec to a problem."""

    key: str
    model: type[Spec]
    expand: Callable[[Any, Head], Problem]


KINDS = (
    Kind("network", network.NetworkSpec, network.expand),
    Kind("define", graph.GraphSpec, graph.expand),
    Kind("derive", derivation.DerivationSpec, derivation.expand),
)


def kind_of(node: reader.Mapping) -> Kind:
    """The kind whose key a spec has; exactly one must be there."""
    found = [kind for kind in KINDS if node.key(kind.key)]
    if len(found) == 1:
        return found[0]
    if found:
        keys = " and ".join(kind.key for kind in found)
        raise ProblemError(
            [Fault("S201", f"{keys} exclude each other", (found[1].key,), "keep one of them", at_key=True)]
        )
    keys = ", ".join(kind.key for kind in KINDS)
    close = [nearest(key.text, [kind.key for kind in KINDS]) for key, _ in node.entries]
    hint = next((f"{text}" for text in close if text.startswith("did you")), "add one of them")
    raise ProblemError([Fault("S202", f"one of the keys {keys} is missing", hint=hint)])


def head_of(spec: Spec, id: str, folder: str) -> Head:
    """What every kind says alike; the chapter is the folder's name unless the spec names one."""
    return Head(
        id=id,
        title=spec.title,
        chapter=spec.chapter or folder,
        statement=spec.statement,
        sources=tuple(spec.source),
        tags=tuple(spec.tags),
        notation=spec.notation,
        rounding=spec.rounding.rounding(),
        detail=spec.detail,
        language=spec.language,
        figure=spec.figure == "drawn",
    )
