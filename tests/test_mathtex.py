from __future__ import annotations

import pytest
from fixtures_reader import cases

from solver.expression import Call, Derivative, Power, Symbol, integer
from solver.mathtex import MathTex
from solver.names import Local, Name, Prime, Total, parse_name
from solver.parse import parse_expression


@pytest.mark.parametrize(("text", "expected"), cases("tex.txt"))
def test_tex_of_an_expression(text: str, expected: str) -> None:
    assert MathTex().tex(parse_expression(text)) == expected


def test_derivatives_are_fractions() -> None:
    tex, e, w = MathTex(), Name("E"), parse_name("w_h")
    assert tex.name(Total(e, w)) == r"\frac{\partial E}{\partial w_h}"
    assert tex.name(Local(e, w)) == r"\frac{\partial E}{\partial w_h}"
    assert tex.name(Prime(Name("f"), Name("x"))) == "f'(x)"
    assert tex.tex(Derivative(parse_expression("a*w"), Name("w"))) == r"\frac{\partial (a w)}{\partial w}"
    assert (
        tex.tex(Derivative(Call("f", (Symbol(Name("x")),)), Name("x"), partial=False))
        == r"\frac{d}{dx}\left[f(x)\right]"
    )


def test_the_authors_notation_is_used() -> None:
    assert MathTex({parse_name("w_h"): r"\omega"}).tex(parse_expression("w_h*x")) == r"\omega x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("eta", r"\eta"), ("h1", "h_1"), ("net_o1", r"\mathit{net}_{o1}"), ("beta_1", r"\beta_1"), ("w_h_new", r"w_{h,\text{new}}"),
     ("a_alpha", r"a_{\alpha}"), ("w_hidden", r"w_{\text{hidden}}")],
)  # fmt: skip
def test_names_in_tex(text: str, expected: str) -> None:
    assert MathTex().name(parse_name(text)) == expected


def test_a_power_of_a_name_with_a_mark_above_it_has_brackets() -> None:
    layered = MathTex({parse_name("a1_2"): "{a^{(1)}_{2}}"})
    assert layered.tex(parse_expression("1 - a1_2^2")) == r"1 - \left({a^{(1)}_{2}}\right)^{2}"
    assert MathTex().tex(Power(Symbol(Name("x").marked(step=2)), integer(2))) == r"\left({x^{[2]}}\right)^{2}"
    assert MathTex().tex(parse_expression("x^2")) == "x^{2}"
