"""Solution -> document: which lines stand on the board, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from solver.asides import many_below
from solver.board import Board
from solver.derivation_page import derivation_blocks
from solver.document import (
    Block,
    Document,
    Inline,
    Math,
    Paragraph,
    Section,
    Table,
    Text,
    chains,
    lefts,
)
from solver.expression import Expression, Number, Symbol, walk
from solver.figures import Figures
from solver.given import given_section
from solver.goals import Update
from solver.matrices import Matrices
from solver.names import Local, QuantityName
from solver.phrases import PHRASES
from solver.problem import Problem
from solver.rounding import decimal
from solver.runs import Pages
from solver.solution import Solution
from solver.statement import inlines, statement_blocks
from solver.updates import worked_notation

GUARD_DIGITS = 2

Row = tuple[tuple[Inline, ...], ...]


def derive(solution: Solution) -> Document:
    """The worked solution: statement, what is given, forward, backward, a closing table."""
    problem = solution.problem
    head = problem.head
    matrices = Matrices()
    blocks: list[Block] = list(statement_blocks(head.statement, problem))
    if solution.derived is not None:
        blocks.extend(derivation_blocks(problem, solution.derived))
        matrices.take(solution.derived.grids, head.notation)
    else:
        blocks.extend(_computation(solution, matrices))
    if head.sources:
        blocks.append(_sources(problem))
    updates = (goal for goal in problem.goals if isinstance(goal, Update))
    worked = dict(pair for update in updates for pair in worked_notation(update, head.notation))
    notation = {**worked, **head.notation, **matrices.notation}
    return Document(head.id, head.title, tuple(blocks), notation, head.language, matrices.grids)


def _computation(solution: Solution, matrices: Matrices) -> Iterator[Block]:
    problem = solution.problem
    words = PHRASES[problem.head.language]
    board = Board.of(solution)
    worked = tuple(many_below(Pages(problem, board, solution.run, matrices).blocks(), words))
    guarded = _uses_guard_digits(worked, board)
    told = _told(worked, matrices)
    drift = _drift(solution, board, told if problem.head.matrix else None) if solution.carried else ()
    note = words["carried"] if solution.carried else words["guarded"] if guarded else ""
    note += words["drifted"] if drift else ""
    yield given_section(problem, board, matrices, (Paragraph((Text(note),)),) if note else ())
    yield from Figures.of(solution, board, words, told).among(worked)
    if drift:
        header = tuple((Text(words[key]),) for key in ("value of", "full", "carried value", "difference"))
        yield Section(1, (Text(words["drift"]),), (Table(header, drift),), "drift")


def _uses_guard_digits(blocks: Sequence[Block], board: Board) -> bool:
    """Whether some line shows a number with more digits than the number has elsewhere on the page."""
    links = [link for chain in chains(blocks) for link in chain.links]
    usual = [printed.expression for (_, extra), printed in board.printed.items() if not extra]
    usual += [link.member for link in links if link.role in ("formula", "rule")]
    texts = {_size(number) for number in board.values.graph.givens.values()}
    texts |= {_size(part) for node in usual for part in walk(node)}
    put_in = (link.member for link in links if link.role == "numbers")
    return any(isinstance(part, Number) and _size(part) not in texts for node in put_in for part in walk(node))


def _size(node: Expression) -> str:
    return node.text.lstrip("-") if isinstance(node, Number) else ""


def _told(blocks: Sequence[Block], matrices: Matrices) -> set[QuantityName]:
    """The quantities of which the page says something, or that stand in a matrix of which it does."""
    names = {left.name for left in lefts(blocks) if isinstance(left, Symbol)}
    return {entry for name in names for row in matrices.grids.get(name, ((name,),)) for entry in row}


def _drift(solution: Solution, board: Board, told: Collection[QuantityName] | None) -> tuple[Row, ...]:
    """Each rounded quantity beside its true value, with two digits more, and the difference of the two as printed.

    Where not every quantity is told on the page, only those that are.
    """
    full = Board(solution.full, board.rounding)
    rows: list[Row] = []
    for definition in solution.full.graph.definitions:
        name = definition.name
        carried, true = board.shown(name), full.shown(name, GUARD_DIGITS)
        if told is not None and name not in told:
            continue
        if isinstance(name, Local) or set(carried.numbers) != {()} or carried.value == true.value:
            continue
        difference = decimal(carried.numbers[()].value - true.numbers[()].value)
        rows.append(tuple((Math(node),) for node in (Symbol(name), true.expression, carried.expression, difference)))
    return tuple(rows)


def _sources(problem: Problem) -> Paragraph:
    parts: list[Inline] = [Text(PHRASES[problem.head.language]["source"] + " ")]
    for place, source in enumerate(problem.head.sources):
        shown = inlines(source, problem)
        parts.extend([Text("; "), *shown] if place else shown)
    return Paragraph(tuple(parts))
