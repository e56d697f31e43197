"""Solution -> document: which lines stand on the board, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.backward import Backward
from solver.board import Board
from solver.derivation_page import derivation_blocks
from solver.document import (
    Block,
    BulletList,
    Chain,
    Document,
    Inline,
    Link,
    Math,
    Paragraph,
    Section,
    Table,
    Text,
    chains,
    sentence,
)
from solver.expression import Expression, Number, Symbol, walk
from solver.figures import figures
from solver.functions import FUNCTIONS
from solver.graph import Definition
from solver.lines import definition_links
from solver.losses import LOSSES
from solver.names import Local
from solver.phrases import PHRASES
from solver.problem import Group, Problem, Unit
from solver.rounding import decimal
from solver.solution import Solution
from solver.statement import inlines, statement_blocks

GUARD_DIGITS = 2
GIVEN_ORDER = ("input", "weight", "bias", "parameter", "value", "stated", "target", "learning rate")


def derive(solution: Solution) -> Document:
    """The worked solution: statement, what is given, forward, backward, a closing table."""
    problem = solution.problem
    head = problem.head
    blocks: list[Block] = list(statement_blocks(head.statement, problem))
    if solution.derived is not None:
        blocks.extend(derivation_blocks(problem, solution.derived))
    else:
        blocks.extend(_computation(solution))
    if head.sources:
        blocks.append(_sources(problem))
    return Document(head.id, head.title, tuple(blocks), head.notation, head.language)


def _computation(solution: Solution) -> Iterator[Block]:
    problem = solution.problem
    words = PHRASES[problem.head.language]
    board = Board.of(solution)
    forward = tuple(_group(group, board, problem) for group in problem.groups)
    backward = tuple(Backward(board, words).blocks(problem.goals))
    guarded = _uses_guard_digits((*forward, *backward), board)
    note = "carried" if solution.carried else "guarded" if guarded else ""
    yield _given(problem, board, (Paragraph((Text(words[note]),)),) if note else ())
    yield from figures(problem, board, words)
    yield from _forward(forward, words["forward" if any(g.unit for g in problem.groups) else "definitions"])
    yield from backward
    if solution.carried:
        yield _drift(solution, board)


def _uses_guard_digits(blocks: Sequence[Block], board: Board) -> bool:
    """Whether some line shows a number with more digits than the number has elsewhere on the page."""
    graph = board.values.graph
    usual = [board.shown(name).expression for name in (*graph.givens, *graph.by_name)]
    texts = {_size(part) for node in (*usual, *(d.expression for d in graph.definitions)) for part in walk(node)}
    numbers = (link.member for chain in chains(blocks) for link in chain.links if link.role == "numbers")
    return any(isinstance(part, Number) and _size(part) not in texts for node in numbers for part in walk(node))


def _size(node: Expression) -> str:
    return node.text.lstrip("-") if isinstance(node, Number) else ""


def _drift(solution: Solution, board: Board) -> Section:
    """Each rounded quantity beside its true value, with two digits more, and the difference of the two as printed."""
    words = PHRASES[solution.problem.head.language]
    full = Board(solution.full, board.rounding)
    rows = []
    for definition in solution.full.graph.definitions:
        name = definition.name
        carried, true = board.shown(name), full.shown(name, GUARD_DIGITS)
        if isinstance(name, Local) or set(carried.numbers) != {()} or carried.value == true.value:
            continue
        difference = decimal(carried.numbers[()].value - true.numbers[()].value)
        rows.append(tuple((Math(node),) for node in (Symbol(name), true.expression, carried.expression, difference)))
    header = tuple((Text(words[key]),) for key in ("value of", "full", "carried value", "difference"))
    return Section(1, (Text(words["drift"]),), (Table(header, tuple(rows)),))


def _forward(sections: Sequence[Section], title: str) -> Iterator[Block]:
    if len(sections) == 1:
        yield Section(1, (Text(title),), sections[0].blocks)
    else:
        yield Section(1, (Text(title),), tuple(sections))


def _group(group: Group, board: Board, problem: Problem) -> Section:
    """The lines of a unit, of the loss, or of the author's definitions."""
    words = PHRASES[problem.head.language]
    definitions = [board.values.graph.by_name[name] for name in group.names]
    blocks = tuple(_definition(definition, board, words) for definition in definitions)
    if group.unit:
        key = "output unit" if group.unit.is_output else "hidden unit"
        return Section(2, sentence(words[key], unit=Math(Symbol(group.unit.name))), blocks)
    return Section(2, (Text(words["error"] if group.loss else words["definitions"]),), blocks)


def _definition(definition: Definition, board: Board, words: Mapping[str, str]) -> Chain:
    links = definition_links(board, definition, too_small=words["too small"])
    if definition.stated is not None:
        *before, last = links
        links = (*before, Link(last.relation, last.member, last.role, (Text(words["stated here"]),)))
    return Chain(Symbol(definition.name), links)


def _given(problem: Problem, board: Board, notes: tuple[Block, ...]) -> Section:
    words = PHRASES[problem.head.language]
    items: list[tuple[Inline, ...]] = []
    for role in GIVEN_ORDER:
        names = [name for name, own in problem.roles.items() if own == role]
        if names:
            given = [Math(Symbol(name), "=", board.shown(name).expression) for name in names]
            items.append((Text(words[role] + " "), *_listed(given)))
    units = [group.unit for group in problem.groups if group.unit]
    items.extend(_activations(units, words))
    for group in problem.groups:
        if group.loss:
            items.append(sentence(words["loss"], loss=LOSSES[group.loss].word))
    unknown = [Math(Symbol(name)) for name in board.values.graph.unknowns()]
    if unknown:
        items.append(sentence(words["unknown"], names=tuple(_listed(unknown))))
    facts = (BulletList(tuple(items)),) if items else ()
    return Section(1, (Text(words["given"]),), (*facts, *notes))


def _activations(units: Sequence[Unit], words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    kinds = list(dict.fromkeys(unit.activation for unit in units))
    for kind in kinds:
        word = FUNCTIONS[kind].word
        if len(kinds) == 1:
            yield sentence(words["activation"], activation=word)
        else:
            names = [Math(Symbol(unit.name)) for unit in units if unit.activation == kind]
            yield sentence(words["activation of"], units=tuple(_listed(names)), activation=word)


def _listed(parts: Sequence[Inline]) -> Iterator[Inline]:
    for place, part in enumerate(parts):
        if place:
            yield Text(", ")
        yield part


def _sources(problem: Problem) -> Paragraph:
    parts: list[Inline] = [Text(PHRASES[problem.head.language]["source"] + " ")]
    for place, source in enumerate(problem.head.sources):
        shown = inlines(source, problem)
        parts.extend([Text("; "), *shown] if place else shown)
    return Paragraph(tuple(parts))
