from __future__ import annotations

import json

from conftest import solved, work_text

from solver.chapters import by_chapter
from solver.publish import Page


def placed(*places: int) -> list[str]:
    """The ids of pages with these places, in the order in which they stand in their chapter."""
    pages = [Page(f"p{number}", "Title", "One", "", place) for number, place in enumerate(places)]
    return [page.id for page in by_chapter(pages)["One"]]


def test_a_chapter_stands_by_order_and_what_has_none_comes_last_by_file() -> None:
    assert placed(0, 2, 0, 1) == ["p3", "p1", "p0", "p2"]


def test_problems_of_one_place_stand_by_file() -> None:
    assert placed(2, 1, 1) == ["p1", "p2", "p0"]


def test_an_order_moves_no_chapter() -> None:
    pages = [Page("a", "A", "First", "", 9), Page("b", "B", "", "", 1), Page("c", "C", "First", "", 1)]
    assert [*by_chapter(pages)] == ["First", "Problems"]
    assert [page.id for page in by_chapter(pages)["First"]] == ["c", "a"]


def test_the_spec_says_the_order() -> None:
    worked = work_text("title: T\norder: 12\ngiven: {x: 1}\ndefine: {a: 2*x}\n")
    assert worked.solution is not None
    assert worked.solution.problem.head.order == 12
    assert solved("network-2-1-1").solution.problem.head.order == 1


def test_the_schema_knows_the_places() -> None:
    from solver.schema import schema

    found = json.dumps(schema())
    assert '"order": {"default": 0, "maximum": 999, "minimum": 1, "title": "Order", "type": "integer"}' in found
