from __future__ import annotations

import pytest
from conftest import page_from

GRAPH = "title: T\ngiven: {x: 2, w: 0.5, t: 3}\ndefine: {z: w*x, L: (z - t)^2}\n"


@pytest.mark.parametrize(
    ("find", "items"),
    [
        ("value: [L]", ["$L = 4$"]),
        ("gradient: {of: L, by: [w]}", [r"$\frac{\partial L}{\partial w} = -8$"]),
        ("value: [L], gradient: {of: L, by: [w]}", ["$L = 4$", r"$\frac{\partial L}{\partial w} = -8$"]),
    ],
)
def test_a_page_ends_with_what_was_asked(find: str, items: list[str]) -> None:
    listed = "\n".join(f"- {item}" for item in items)
    assert page_from(GRAPH + f"find: {{{find}}}\n").rstrip().endswith(f"## Summary\n\n{listed}")


@pytest.mark.parametrize("find", ["", "find: {value: [z, L]}\n"])
def test_a_page_that_shows_nothing_else_needs_no_summary(find: str) -> None:
    assert "## Summary" not in page_from(GRAPH + find)
