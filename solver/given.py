"""What a problem gives, as the first section of its page: values by their role, samples, activations, loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.board import Board
from solver.document import Block, BulletList, Inline, Math, Section, Text, sentence
from solver.expression import Symbol
from solver.functions import FUNCTIONS
from solver.goals import Update
from solver.losses import LOSSES
from solver.names import Name
from solver.phrases import PHRASES
from solver.problem import Problem, Unit

GIVEN_ORDER = ("input", "weight", "bias", "parameter", "value", "stated", "target", "learning rate")


def given_section(problem: Problem, board: Board, notes: tuple[Block, ...]) -> Section:
    """The list of what is given."""
    words = PHRASES[problem.head.language]
    items: list[tuple[Inline, ...]] = []
    known = {*problem.graph.givens, *problem.graph.by_name}
    for role in GIVEN_ORDER:
        names = [name for name, own in problem.roles.items() if own == role and name in known]
        if names:
            key = "targets" if role == "target" and len(names) > 1 else role
            items.append((Text(words[key] + " "), *listed(_equality(name, board) for name in names)))
    items.extend(_samples(problem, board, words))
    units = [group.unit for group in problem.groups if group.unit]
    items.extend(_activations(units, words))
    for group in problem.groups:
        if group.loss:
            items.append(sentence(words["loss"], loss=LOSSES[group.loss].word))
    items.extend(_training(problem, words))
    unknown = [Math(Symbol(name)) for name in board.values.graph.unknowns()]
    if unknown:
        items.append(sentence(words["unknown"], names=tuple(listed(unknown))))
    facts = (BulletList(tuple(items)),) if items else ()
    return Section(1, (Text(words["given"]),), (*facts, *notes), "given")


def listed(parts: Sequence[Inline] | Iterator[Inline]) -> Iterator[Inline]:
    """The parts with commas between them."""
    for place, part in enumerate(parts):
        if place:
            yield Text(", ")
        yield part


def _equality(name: Name, board: Board) -> Math:
    return Math(Symbol(name), "=", board.shown(name).expression)


def _samples(problem: Problem, board: Board, words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    samples = problem.training.samples if problem.training else ()
    for place, sample in enumerate(samples, start=1):
        marked = [name.marked(sample=place if len(samples) > 1 else 0) for name in sample]
        opening = sentence(words["sample"], number=str(place)) if len(samples) > 1 else (Text(words["one sample"]),)
        yield (*opening, Text(": "), *listed(_equality(name, board) for name in marked))


def _training(problem: Problem, words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    """How a run goes, and what its marks mean."""
    run = problem.training
    if run is None:
        return
    optimizer = next((goal.optimizer.word for goal in problem.goals if isinstance(goal, Update)), "")
    if optimizer:
        yield sentence(words["training by"], optimizer=optimizer)
    if run.updates > 1:
        mode = words[f"{run.mode} {run.reduce}" if run.mode == "batch" else "online"] if len(run.samples) > 1 else ""
        key = "training run of samples" if len(run.samples) > 1 else "training run"
        yield sentence(words[key], mode=mode, epochs=str(run.epochs), updates=str(run.updates))
    elif len(run.samples) > 1:
        yield sentence(words["one batch"], mode=words[f"batch {run.reduce}"])


def _activations(units: Sequence[Unit], words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    kinds = list(dict.fromkeys(unit.activation for unit in units))
    for kind in kinds:
        word = FUNCTIONS[kind].word
        if len(kinds) == 1:
            yield sentence(words["activation"], activation=word)
        else:
            names = [Math(Symbol(unit.name)) for unit in units if unit.activation == kind]
            yield sentence(words["activation of"], units=tuple(listed(names)), activation=word)
