"""KINDS: what a problem can be; each is one module that turns its spec into definitions and goals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from solver import reader
from solver.diagnostics import Fault, ProblemError, closest, nearest
from solver.kinds import derivation, graph, network
from solver.problem import Head, Problem
from solver.spec import Spec


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: the key that announces it, its model, and the stage from its spec to a problem.

    `within` is a key below the first that tells two forms of one kind apart.
    """

    key: str
    model: type[Spec]
    expand: Callable[[Any, Head], Problem]
    within: str = ""


KINDS = (
    Kind("network", network.LayersSpec, network.expand, within="layers"),
    Kind("network", network.UnitsSpec, network.expand),
    Kind("define", graph.GraphSpec, graph.expand),
    Kind("derive", derivation.DerivationSpec, derivation.expand),
)


def kind_of(node: reader.Mapping) -> Kind:
    """The kind whose key a spec has; exactly one must be there."""
    keys = list(dict.fromkeys(kind.key for kind in KINDS))
    found = [key for key in keys if node.key(key)]
    if len(found) == 1:
        return next(kind for kind in KINDS if kind.key == found[0] and _is_meant(node.get(kind.key), kind))
    if found:
        message = f"{' and '.join(found)} exclude each other"
        raise ProblemError([Fault("S201", message, (found[1],), "keep one of them", at_key=True)])
    close = [nearest(key.text, keys) for key, _ in node.entries]
    hint = next((f"{text}" for text in close if text.startswith("did you")), "add one of them")
    raise ProblemError([Fault("S202", f"one of the keys {', '.join(keys)} is missing", hint=hint)])


def _is_meant(node: reader.Node | None, kind: Kind) -> bool:
    """Whether a mapping has the key that tells a form of the kind, or one that is meant to be it."""
    if not kind.within:
        return True
    return isinstance(node, reader.Mapping) and any(closest(key.text, [kind.within]) for key, _ in node.entries)


def head_of(spec: Spec, id: str, folder: str) -> Head:
    """What every kind says alike; the chapter is the folder's name unless the spec names one.

    Raises ProblemError where vectors and matrices are asked of what has no layers.
    """
    if spec.notation == "matrix" and not isinstance(spec, network.LayersSpec):
        message = "vectors and matrices are laid out for a network by its layers"
        hint = "write the network by layers: [...], or leave notation: matrix out"
        raise ProblemError([Fault("S309", message, ("notation",), hint)])
    return Head(
        id=id,
        title=spec.title,
        chapter=spec.chapter or folder,
        order=spec.order,
        statement=spec.statement,
        sources=tuple(spec.source),
        tags=tuple(spec.tags),
        notation={} if spec.notation == "matrix" else spec.notation,
        rounding=spec.rounding.rounding(),
        detail=spec.detail,
        method=getattr(spec, "method", ""),
        matrix=spec.notation == "matrix",
        language=spec.language,
        figure=spec.figure == "drawn",
    )
