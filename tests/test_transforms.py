from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise, zip_longest

import pytest
from conftest import PROBLEMS, solved, work_text
from random_specs import specs

from solver.document import (
    BulletList,
    Chain,
    Document,
    EquationLine,
    Equations,
    Link,
    Math,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    chains,
)
from solver.expression import Symbol
from solver.names import Name
from solver.parse import parse_expression
from solver.room import MORE_WORDS, Room, length, total
from solver.transforms import slides, stands_beside, without_answers

ROOM = Room()


def said(document: Document) -> list:
    """The members of every chain in order, each once for each time it is worked."""
    return [(chain.left, link.member) for chain in chains(document.blocks) for link in chain.links]


WORDS_ALONE = (
    "statement",
    "result",
    "given",
    "source",
    "backward",
    "gradients",
    "again",
    "batch",
    "parameters",
    "gradient",
)
"""Slides that may end with words: `backward` opens the sections of a sweep, `gradients` leads to a drawing that may
fill a slide, `again` and `batch` close with what became of the loss, `parameters` takes over values by the dozen, a
`gradient` begins with the way to it, whose drawing may need a slide of its own."""


@pytest.mark.parametrize("id", [path.stem for path in PROBLEMS])
def test_slides_say_everything_in_order_and_each_fits(id: str) -> None:
    document = solved(id).document
    deck = slides(document)
    told = iter(said(deck))
    assert all(member in told for member in said(document))
    for frame, following in zip_longest(deck.blocks, deck.blocks[1:]):
        assert isinstance(frame, Section)
        assert not any(isinstance(block, Section) for block in frame.blocks)
        assert total(frame.blocks, ROOM) <= ROOM.rows + MORE_WORDS or stands_beside(frame.blocks[:-1], ROOM)
        assert frame.blocks
        if isinstance(frame.blocks[-1], Paragraph) and (frame.key or "result").split()[0] not in WORDS_ALONE:
            (first, *_) = following.blocks
            assert total((frame.blocks[-1], first), ROOM) > ROOM.rows, "words stay with the display they lead to"


def test_one_idea_a_slide() -> None:
    deck = slides(solved("network-2-1-1").document)
    shown = [(frame.key, [chain.left.name.text for chain in chains(frame.blocks)]) for frame in deck.blocks]
    assert shown[:14] == [
        ("statement", []),
        ("given", []),
        ("drawing", []),
        ("unit h", ["h_in"]),
        ("unit h", ["h_out"]),
        ("unit y", ["y_in"]),
        ("unit y", ["y_out"]),
        ("error", ["E"]),
        ("update w_h", ["w_h_new"]),
        ("update w_h", ["dE/dw_h"]),
        ("update w_h", ["∂E/∂y_out"]),
        ("update w_h", ["∂y_out/∂y_in"]),
        ("update w_h", ["∂y_in/∂w_h"]),
        ("update w_h", ["dE/dw_h"]),
    ]


X = Symbol(Name("x"))


def long_chain(count: int, role: str = "rule") -> Chain:
    links = [Link("=", parse_expression(f"{n}/(1 + x)"), role) for n in range(count)]
    return Chain(X, tuple(links), 1)


def deck_of(*blocks) -> list[Section]:
    return list(slides(Document("id", "T", (Section(1, (Text("S"),), blocks),), {})).blocks)[1:]


def test_a_chain_too_high_goes_on_from_its_last_member() -> None:
    parts = [chain for frame in deck_of(long_chain(20)) for chain in chains([frame])]
    assert len(parts) > 2
    for before, after in pairwise(parts):
        assert after.left == X
        assert after.links[0].member == before.links[-1].member
        assert after.number is None
    assert parts[0].number == 1
    assert sum(len(part.links) for part in parts) == 20 + len(parts) - 1


def test_numbers_stay_with_their_formula_and_their_result() -> None:
    roles = (*["rule"] * 5, "numbers", "spelled", "worked", "result")
    links = tuple(Link("=", parse_expression("1/x"), role) for role in roles)
    parts = [chain for frame in deck_of(Chain(X, links)) for chain in chains([frame])]
    assert len(parts) > 1
    assert [link.role for link in parts[-1].links] == ["rule", "numbers", "spelled", "worked", "result"]
    assert all(part.links[-1].role == "rule" for part in parts[:-1])


def test_the_relation_of_a_restated_member_is_to_the_left_side() -> None:
    links = list(long_chain(20).links)
    links[2] = Link("≈", links[2].member, "rule")
    parts = [chain for frame in deck_of(Chain(X, tuple(links))) for chain in chains([frame])]
    assert [part.links[0].relation for part in parts[1:]] == ["≈"] * (len(parts) - 1)


def test_long_text_lists_and_tables_are_cut_between_words_items_and_rows() -> None:
    words = [f"word{n}" for n in range(600)]
    text = Paragraph((Strong((Text(" ".join(words)),)), Math(X)))
    items = BulletList(tuple((Text(f"item {n}"),) for n in range(40)))
    table = Table(((Text("head"),),), tuple(((Text(f"row {n}"),),) for n in range(40)))
    frames = deck_of(text, items, table)
    assert all(total(frame.blocks, ROOM) <= ROOM.rows + MORE_WORDS for frame in frames)
    blocks = [block for frame in frames for block in frame.blocks]
    shown = [part for block in blocks if isinstance(block, Paragraph) for part in block.parts]
    assert "".join(part.parts[0].text for part in shown if isinstance(part, Strong)) == " ".join(words)
    assert sum(len(block.items) for block in blocks if isinstance(block, BulletList)) == 40
    tables = [block for block in blocks if isinstance(block, Table)]
    assert sum(len(block.rows) for block in tables) == 40
    assert {block.header for block in tables} == {table.header}


def test_words_stay_with_the_display_they_lead_to() -> None:
    lead = Paragraph((Text("Now"),))
    for frame in deck_of(lead, long_chain(4), lead, long_chain(4), lead, long_chain(8)):
        assert isinstance(frame.blocks[-1], Chain)


@pytest.mark.parametrize("spec", random.Random(5).sample(specs(500), 40))
def test_random_problems_fit_on_slides(spec: str) -> None:
    worked = work_text(spec)
    for room in (ROOM, Room(40, 50, 9)):
        for frame in slides(worked.document, room).blocks:
            alone = len(frame.blocks) == 1 and isinstance(frame.blocks[0], Chain)
            assert (
                alone or total(frame.blocks, room) <= room.rows + MORE_WORDS or stands_beside(frame.blocks[:-1], room)
            )
            assert all(len(block.chains) > 1 for block in frame.blocks if isinstance(block, SideBySide))


def test_the_problem_without_its_answers_holds_nothing_worked() -> None:
    document = solved("network-3-2-1").document
    asked = Section(1, (Text("Find"),), (BulletList(((Text("what"),),)),), "asked")
    sheet = without_answers(document, (asked,))
    assert [type(block).__name__ for block in sheet.blocks] == ["Paragraph", "Section", "Section", "Paragraph"]
    assert [block.key for block in sheet.blocks if isinstance(block, Section)] == ["given", "asked"]
    assert list(chains(sheet.blocks)) == []
    assert length(sheet.blocks[0].parts) == length(document.blocks[0].parts)


def test_equations_too_high_go_on_from_the_last() -> None:
    lines = [EquationLine(X, parse_expression(f"{n}/(1 + x)"), (Text("swap"),)) for n in range(20)]
    parts = [block for frame in deck_of(Equations(tuple(lines))) for block in frame.blocks]
    assert len(parts) > 2
    for before, after in pairwise(parts):
        assert after.lines[0] == replace(before.lines[-1], reason=())
    assert [line.right for part in parts for line in part.lines[part is not parts[0] :]] == [
        line.right for line in lines
    ]
