from __future__ import annotations

import pytest

from solver.mathnotation import checked
from solver.parse import ParseError


@pytest.mark.parametrize(
    "text", [r"\omega", r"\hat{w}", "w_{21}", r"w_{\text{old}}", "x'", r"\mathbf{W}_1", "w_i", r"\ell"]
)
def test_one_symbol_is_allowed(text: str) -> None:
    assert checked(text) == text


@pytest.mark.parametrize("text", [r"w_{21}^{(1)}", r"w^{(1)}_{21}", "a^b"])
def test_a_symbol_with_a_superscript_is_put_in_braces(text: str) -> None:
    assert checked(text) == f"{{{text}}}"


@pytest.mark.parametrize(
    "text",
    [
        r"\hat",
        "_",
        "a+b",
        "",
        r"\input{x}",
        r"\def\x{y}",
        r"\write18{ls}",
        "w_{21",
        "w}",
        "ab",
        r"\alphax",
        "a b",
        "$x$",
        "a^b^c",
        "%",
        r"w_{\input{x}}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        checked(text)
