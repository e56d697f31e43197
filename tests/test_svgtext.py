from __future__ import annotations

import re
import unicodedata
from html import unescape
from itertools import accumulate

import pytest

from solver.mathnotation import GREEK
from solver.svgtext import GREEK_LETTERS, svg_label

SHOWN = [
    (r"w_1 = 0.25", "w1 = 0.25"),
    (r"h_{1,\text{in}} \approx -0.3", "h1,in ≈ −0.3"),
    (r"\partial E/\partial w_h \approx 2.5 \times 10^{-6}", "∂E/∂wh ≈ 2.5 × 10−6"),
    (r"{w^{(1)}_{21}}", "w(1)21"),
    (r"\frac{1}{3}", "1/3"),
    (r"\frac{a + b}{c}", "(a + b)/c"),
    (r"\sqrt{x}", "√(x)"),
    (r"\hat{w}", "w\u0302"),
    (r"\operatorname{Sigmoid}(z)", "Sigmoid(z)"),
    (r"{x_1^{\langle 2\rangle}}", "x1⟨2⟩"),
    (r"\mathit{abc}", "abc"),
    (r"a < b", "a < b"),
]


def plain(markup: str) -> str:
    return unescape(re.sub("<[^>]*>", "", markup)).replace("\u200a", " ")


@pytest.mark.parametrize(("tex", "shown"), SHOWN)
def test_the_letters_of_a_label(tex: str, shown: str) -> None:
    assert plain(svg_label("", tex)) == shown


@pytest.mark.parametrize("name", GREEK)
def test_greek_letters_are_those_of_tex(name: str) -> None:
    variant = {"varepsilon": "EPSILON", "epsilon": "LUNATE EPSILON SYMBOL", "vartheta": "THETA SYMBOL", "varphi": "PHI",
               "phi": "PHI SYMBOL", "lambda": "LAMDA", "Lambda": "LAMDA"}.get(name, name.upper())  # fmt: skip
    size = "CAPITAL " if name[0].isupper() else "SMALL "
    full = f"GREEK {variant}" if "SYMBOL" in variant else f"GREEK {size}LETTER {variant}"
    assert unicodedata.name(GREEK_LETTERS[name]) == full


def test_scripts_stand_in_one_place_and_the_line_goes_on_level() -> None:
    markup = svg_label("", r"{w^{(1)}_{21}} = 0.5")
    moves = [int(move) for move in re.findall(r'dy="(-?\d+)"', markup)]
    assert sum(moves) == 0
    assert re.findall(r'dx="(-?\d+)"', markup) == ["-12", "2"]


@pytest.mark.parametrize(("tex", "heights"), [("x_1 = 2", [3]), ("E^{[1]} = 2", [-5]), ("{w^{(1)}_{21}} = 2", [-7, 5]),
                                              ("{h_{1,\\text{in}}^{[1]}} = 2", [5, -7])])  # fmt: skip
def test_an_index_below_another_stands_clear_of_it(tex: str, heights: list[int]) -> None:
    moves = [int(move) for move in re.findall(r'dy="(-?\d+)"', svg_label("", tex))]
    assert [*accumulate(moves)] == [*heights, 0]


def test_words_are_escaped() -> None:
    assert svg_label("<b> & ", "x").startswith('<tspan class="words">&lt;b&gt; &amp; </tspan>')
