"""How wide and how high formulas are reckoned, held against the boxes that LaTeX makes of all formulas of the course."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from conftest import PROBLEMS, needs, solved

from solver.document import (
    Block,
    BulletList,
    Cases,
    Chain,
    Equations,
    Inline,
    Math,
    Matrix,
    Paragraph,
    Section,
    SideBySide,
    Table,
)
from solver.expression import Expression
from solver.heights import ROW, STRUT, height
from solver.measure import width
from solver.parse import parse_expression
from solver.pipeline import printer
from solver.room import POINTS

EM = 10.95
"""Points of the type of a page and of a slide, 11 pt."""


def formulas(blocks: Iterable[Block]) -> Iterator[Expression]:
    """Every formula of a document: of its displays, its words and its tables."""
    for block in blocks:
        match block:
            case Section(blocks=inner):
                yield from formulas(inner)
            case Paragraph(parts):
                yield from words(parts)
            case BulletList(items):
                yield from (node for item in items for node in words(item))
            case Table(_, rows):
                yield from (node for row in rows for cell in row for node in words(cell))
            case Chain(left, links):
                yield left
                for link in links:
                    yield link.member
                    yield from words(link.reason)
            case SideBySide(chains):
                yield from formulas(chains)
            case Equations(lines):
                yield from (node for line in lines for node in (line.left, line.right))
            case Cases(left, cases):
                yield from (left, *(node for node, _ in cases))
            case Matrix(stages=stages):
                yield from (node for stage in stages for row in stage for node in row)
            case _:
                pass


def words(parts: Iterable[Inline]) -> Iterator[Expression]:
    for part in parts:
        if isinstance(part, Math):
            yield from (node for node in (part.left, part.right) if node is not None)


@cache
def course() -> dict[str, Expression]:
    """The formulas of all problems by their TeX."""
    found: dict[str, Expression] = {}
    for path in PROBLEMS:
        worked = solved(path.stem)
        math = printer(worked.document, worked.solution)
        for node in formulas(worked.document.blocks):
            found.setdefault(math.tex(node), node)
    return found


@pytest.fixture(scope="module")
def boxes(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Expression, float, float, float]]:
    """Each formula with the width of its box and what of it stands above and below the line, in points: one run."""
    folder = tmp_path_factory.mktemp("measure")
    measured = "\n".join(
        rf"\setbox0\hbox{{$\displaystyle {tex}$}}\immediate\write-1{{BOX \the\wd0 \the\ht0 \the\dp0}}"
        for tex in course()
    )
    head = r"\documentclass[11pt]{article}\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{amsmath}"
    (folder / "m.tex").write_text(f"{head}\\begin{{document}}\n{measured}\n\\end{{document}}", encoding="utf-8")
    subprocess.run([needs("pdflatex", "texlive-latex-recommended"), "-interaction=batchmode", "m.tex"], cwd=folder)
    log = (folder / "m.log").read_text(encoding="latin-1")
    sizes = [
        tuple(map(float, found)) for found in re.findall(r"^BOX ([\d.]+)pt([\d.]+)pt([\d.]+)pt$", log, re.MULTILINE)
    ]
    assert len(sizes) == len(course()) > 4000
    return [(tex, node, *size) for (tex, node), size in zip(course().items(), sizes, strict=True)]


def test_no_formula_is_wider_than_it_is_reckoned(boxes) -> None:
    errors = {tex: wide / POINTS["column"] - width(node) for tex, node, wide, _, _ in boxes}
    assert [tex for tex, error in errors.items() if error > 1] == []
    assert sum(error > 0.5 for error in errors.values()) < len(errors) / 100


def test_widths_are_near_the_true_ones(boxes) -> None:
    true = sum(wide / POINTS["column"] for _, _, wide, _, _ in boxes)
    reckoned = sum(width(node) for _, node, *_ in boxes)
    assert true * 0.99 < reckoned < true * 1.08


def test_no_formula_is_much_higher_than_it_is_reckoned(boxes) -> None:
    errors = {}
    for tex, node, _, above, below in boxes:
        true = 1 + ROW * (max(above / EM, STRUT[0]) + max(below / EM, STRUT[1]) - sum(STRUT))
        errors[tex] = true - height(node)
    assert [tex for tex, error in errors.items() if error > 0.5] == []
    assert abs(sum(errors.values())) < 0.1 * len(errors)


@pytest.mark.parametrize(
    ("narrow", "wide"), [("x", "x + y"), ("1/x", "x + 1"), ("0.12", "0.123"), ("x", "exp(x)"), ("x*y", "0.5*2")]
)
def test_widths_grow(narrow: str, wide: str) -> None:
    assert width(parse_expression(narrow)) < width(parse_expression(wide))


@pytest.mark.parametrize(("low", "high"), [("x*y", "1/x"), ("1/x", "(1 + x)^2/x"), ("1/x", "1/(1 + 1/x)")])
def test_heights_grow(low: str, high: str) -> None:
    assert height(parse_expression(low)) < height(parse_expression(high))


def test_a_fraction_is_as_wide_as_its_wider_part() -> None:
    assert width(parse_expression("1/(a + b)")) == pytest.approx(width(parse_expression("a + b")) + 0.5)
