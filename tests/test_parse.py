from __future__ import annotations

import pytest
from fixtures_reader import cases
from flint import fmpq

from solver.expression import Call, Constant, Expression, Negate, Number, Power, Product, Quotient, Sum, Symbol
from solver.parse import ParseError, parse_expression, parse_function, parse_number


def shape(node: Expression) -> str:
    match node:
        case Number(text):
            return text
        case Constant(name):
            return name
        case Symbol(name):
            return name.text
        case Negate(operand):
            return f"-{shape(operand)}"
        case Sum((first, *rest)):
            parts = "".join((" + " if term.sign > 0 else " - ") + shape(term.value) for term in rest)
            return f"({'-' if first.sign < 0 else ''}{shape(first.value)}{parts})"
        case Product(factors):
            return f"({' * '.join(map(shape, factors))})"
        case Quotient(top, bottom):
            return f"({shape(top)} / {shape(bottom)})"
        case Power(base, exponent):
            return f"({shape(base)} ^ {shape(exponent)})"
        case Call(function, arguments):
            return f"{function}({', '.join(map(shape, arguments))})"
    raise AssertionError(node)


@pytest.mark.parametrize(("text", "expected"), cases("parse.txt"))
def test_the_authors_order_and_brackets_are_kept(text: str, expected: str) -> None:
    assert shape(parse_expression(text)) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.30", fmpq(3, 10)), ("-.5", fmpq(-1, 2)), ("1e-3", fmpq(1, 1000)), ("3/4", fmpq(3, 4))],
)
def test_a_literal_keeps_its_text_and_has_its_exact_value(text: str, value: fmpq) -> None:
    assert parse_number(text) == Number(text, value)


@pytest.mark.parametrize(("text", "printed"), [("+2", "2"), ("-0.00", "0.00"), ("-0", "0")])
def test_signs_that_say_nothing_are_dropped(text: str, printed: str) -> None:
    assert parse_number(text).text == printed


@pytest.mark.parametrize("text", ["no", "12:30", "0x10", "1_000", "nan", "inf", "", "1/0", "--1", "1e9999", "٣"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("2x", 1, "unexpected 'x'"),
        ("a + ", 4, "a name, a number or '(' is expected"),
        ("(a", 2, "a ')' is missing"),
        ("a = b", 2, "unexpected '='"),
        ("a + α", 4, "U+03B1"),
        ("__import__('os')", 0, "unexpected '_'"),
        ("a.b", 1, "unexpected '.'"),
        ("f(", 2, "is expected"),
    ],
)
def test_a_broken_expression_names_the_character(text: str, offset: int, message: str) -> None:
    with pytest.raises(ParseError, match=r".*") as error:
        parse_expression(text)
    assert error.value.offset == offset
    assert message in error.value.message


@pytest.mark.parametrize(
    "text", ["(" * 100 + "a" + ")" * 100, "-" * 100 + "a", "^".join("a" * 100), "/".join("a" * 100)]
)
def test_an_expression_nests_at_most_64_levels(text: str) -> None:
    with pytest.raises(ParseError, match="nested deeper than 64"):
        parse_expression(text)


def test_an_expression_has_at_most_2000_characters() -> None:
    with pytest.raises(ParseError, match="at most 2000 characters"):
        parse_expression("+".join("a" * 1001))
    assert isinstance(parse_expression("+".join("a" * 1000)), Sum)


def test_a_function_definition_has_a_name_a_variable_and_a_formula() -> None:
    function, variables, formula = parse_function("f(x) = 1/x")
    assert (function.text, [v.text for v in variables], shape(formula)) == ("f", ["x"], "(1 / x)")
    assert [v.text for v in parse_function("f(x, y_1) = x*y_1")[1]] == ["x", "y_1"]
    with pytest.raises(ParseError, match="stands twice"):
        parse_function("f(x, x) = x")
    with pytest.raises(ParseError, match="written as f"):
        parse_function("1/x")
    with pytest.raises(ParseError) as error:
        parse_function("f(x) = 1/")
    assert error.value.offset == len("f(x) = 1/")
