from __future__ import annotations

import pytest
import sympy
from flint import arb, arb_series, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from solver.calculus import derivative
from solver.evaluate import evaluate
from solver.expression import Call, Expression
from solver.functions import ACTIVATIONS, FUNCTIONS, Function
from solver.mathtex import MathTex
from solver.mathtext import text
from solver.names import Name
from solver.parse import parse_expression
from solver.readback.beside import ball
from solver.readback.slopes import slope
from solver.readback.tex import evaluate as read_value
from solver.readback.tex import read_formula
from solver.rounding import LAST_BITS
from solver.series import evaluate_series
from solver.symbolic import to_sympy

X = Name("x")
POINTS = (fmpq(7, 10), fmpq(5, 4), fmpq(-3, 8), fmpq(-2), fmpq(30), fmpq(0), fmpq(1), fmpq(-1), fmpq(1000), fmpq(-1000))
KINKED = ("abs", "sign", "step", "relu", "leaky_relu", "elu", "max", "min")
CALLS = {
    "leaky_relu": ("leaky_relu(x)", "leaky_relu(x, 0.1)", "leaky_relu(-2, x)", "leaky_relu(x, x^2)"),
    "elu": ("elu(x)", "elu(x, 1.5)", "elu(-2, x)", "elu(x, x^2)"),
    "max": ("max(x, 0.3)", "max(0, 1 - x)", "max(x, -x, 2)", "max(0.5, x, x^2)"),
    "min": ("min(x, 0.3)", "min(0, 1 - x)", "min(x, -x, 2)", "min(0.5, x, x^2)"),
    "softmax": ("softmax(x, x, 0.3)", "softmax(0.3, x, 0.3, 2)", "softmax(2*x, x, 2*x, x^2)", "softmax(x, x, x)"),
}
"""A function of one argument is tested as name(x)."""
FORMS = [(name, form) for name in FUNCTIONS for form in CALLS.get(name, (f"{name}(x)",))]
EVERY = pytest.mark.parametrize(("name", "form"), FORMS, ids=[form for _, form in FORMS])


def points(name: str) -> list[fmpq]:
    """Where a function has a value; erf and tan as well, where sympy's 45 digits still say something."""
    return [point for point in POINTS if not FUNCTIONS[name].domain or point > 0]


def smooth(name: str, form: str) -> list[fmpq]:
    """The points away from kinks and from values too large or small to compare."""
    kinks = (0, 1, -2, fmpq(3, 10), fmpq(1, 2)) if name in ("max", "min") else (0,)
    return [point for point in points(name) if abs(point) < 100 and (name not in KINKED or point not in kinks)]


def value(node: Expression, at: fmpq, bits: int = 256) -> arb:
    with ctx.workprec(bits):
        found = evaluate(node, {X: at})
        assert isinstance(found, fmpq | arb)
        return arb(found)


def series(node: Expression, at: fmpq) -> arb_series:
    with ctx.workprec(256):
        return evaluate_series(node, {X: arb_series([arb(at), 1], 2)})


def sympys(form: sympy.Expr, at: fmpq) -> arb:
    number = form.subs(sympy.Symbol("x", real=True), sympy.Rational(int(at.p), int(at.q)))
    with ctx.workprec(256):
        return arb(str(sympy.N(number.doit(), 45)))


def close(left: arb, right: arb, digits: int = 30) -> bool:
    with ctx.workprec(256):
        return bool(abs(left - right) < arb(10) ** -digits * (1 + abs(right)))


@EVERY
def test_the_value_is_sympys_and_that_of_the_power_series(name: str, form: str) -> None:
    node = parse_expression(form)
    theirs = to_sympy(node)
    for point in points(name):
        ours = value(node, point)
        assert series(node, point)[0].overlaps(ours)
        if abs(point) < 100 or name not in ("exp", "tan", "sin", "cos"):
            assert close(ours, sympys(theirs, point)), point


@EVERY
def test_the_derivative_is_sympys_and_that_of_the_power_series(name: str, form: str) -> None:
    node = parse_expression(form)
    ours = derivative(node, X)
    theirs = sympy.diff(to_sympy(node), sympy.Symbol("x", real=True))
    for point in smooth(name, form):
        found = value(ours, point)
        assert series(node, point)[1].overlaps(found)
        assert close(found, sympys(theirs, point)), point


@EVERY
def test_the_derivative_agrees_with_finite_differences(name: str, form: str) -> None:
    node, step = parse_expression(form), fmpq(1, 10**20)
    for point in smooth(name, form):
        measured = (value(node, point + step) - value(node, point - step)) / (2 * step)
        assert close(value(derivative(node, X), point), measured, 14), point


@EVERY
def test_kinks_and_far_points_agree_with_the_power_series(name: str, form: str) -> None:
    """Where no difference quotient helps, the two routes take the same side and the same convention."""
    node = parse_expression(form)
    for point in points(name):
        if name == "sqrt" or (name == "tan" and abs(point) > 100):
            continue
        found = value(derivative(node, X), point)
        assert found.is_finite()
        assert series(node, point)[1].overlaps(found), point


@EVERY
def test_what_is_printed_is_read_back_with_the_same_value(name: str, form: str) -> None:
    node = parse_expression(form)
    assert parse_expression(text(node)) == node
    for point in (fmpq(3, 4), fmpq(-5, 2), fmpq(0)):
        if FUNCTIONS[name].domain and point <= 0:
            continue
        for printed in (node, FUNCTIONS[name].spelled(node) if isinstance(node, Call) else None):
            if printed is None:
                continue
            tree = read_formula(MathTex().tex(printed), frozenset({"x"}))
            with ctx.workprec(256):
                read = read_value(tree, lambda _, at=point: {(): at}).get((), fmpq(0))
                assert arb(read).overlaps(value(node, point)), printed


@EVERY
def test_the_reader_finds_the_same_derivative(name: str, form: str) -> None:
    """The reader of pages has a table of slopes of its own, with the conventions at kinks."""
    node = parse_expression(form)
    tree = read_formula(MathTex().tex(node), frozenset({"x"}))
    for point in points(name):
        if name == "sqrt" or (name == "tan" and abs(point) > 100):
            continue
        with ctx.workprec(LAST_BITS):
            found = slope(tree, "x", lambda _, at=point: {(): at})
            assert ball(found).overlaps(value(derivative(node, X), point, LAST_BITS)), point


@EVERY
def test_a_formula_spelled_out_has_the_same_value(name: str, form: str) -> None:
    node = parse_expression(form)
    assert isinstance(node, Call)
    spelled = FUNCTIONS[name].spelled(node)
    for point in points(name) if spelled else ():
        assert value(node, point).overlaps(value(spelled, point))


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)
def test_every_function_has_a_word_a_source_and_local_derivatives(row: Function) -> None:
    call = parse_expression(CALLS.get(row.name, (f"{row.name}(x)",))[0])
    assert isinstance(call, Call)
    assert MathTex().tex(call)
    assert row.source
    assert row.word
    assert row.least <= len(call.arguments)
    assert list(row.local(call, call))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("point", [1000, -1000, 0, 1, -1])
def test_activations_are_tame_far_out(name: str, point: int) -> None:
    node = parse_expression(f"{name}(x)")
    slope = value(derivative(node, X), fmpq(point), LAST_BITS)
    for found, bits in ((value(node, fmpq(point)), 100), (slope, 16)):  # 1 + erf(-700) is all lost: near.py works it
        assert found.is_finite()
        assert -1000 <= float(found) <= 1000
        assert found.rel_accuracy_bits() > bits or found.is_exact()


@pytest.mark.parametrize(
    ("form", "exact"),
    [
        ("relu(0.4)", "0.4"), ("relu(-2)", "0"), ("leaky_relu(-2)", "-0.02"), ("leaky_relu(-2, 1/4)", "-1/2"), ("leaky_relu(3)", "3"),
        ("elu(1/3)", "1/3"), ("elu(0, 2)", "0"), ("abs(-1/3)", "1/3"), ("max(0, 1/3)", "1/3"), ("max(1/3, exp(-9))", "1/3"),
        ("min(2, exp(1), 5)", "2"), ("max(0, -exp(1))", "0"), ("step(-exp(1))", "0"), ("step(exp(-900))", "1"), ("step(0)", "0"),
        ("sigmoid(0)", "1/2"), ("tanh(0)", "0"), ("exp(0)", "1"), ("ln(1)", "0"), ("swish(0)", "0"), ("gelu(0)", "0"), ("erfc(0)", "1"),
        ("softmax(2, 2, 2, 2)", "1/3"), ("softmax(1/7, 1/7)", "1"), ("0*ln(0)", "0"), ("-(0*ln(0) + (1 - 0)*ln(1 - 0))", "0"),
        ("(1 - 1)*log2(0)", "0"), ("sqrt(9/4)", "3/2"),
    ],
)  # fmt: skip
def test_what_is_rational_by_a_known_rule_is_exact(form: str, exact: str) -> None:
    found = evaluate(parse_expression(form), {})
    assert isinstance(found, fmpq)
    top, _, bottom = exact.partition("/")
    with ctx.workprec(64):
        assert arb(found).overlaps(arb(top) / arb(bottom or 1))
    assert isinstance(evaluate(parse_expression("softplus(0)"), {}), arb)


KINKS = [
    ("relu(x)", 0, 0), ("leaky_relu(x)", 0, "0.01"), ("leaky_relu(x, 0.2)", 0, "0.2"), ("elu(x, 1.5)", 0, "1.5"), ("elu(x)", 0, 1),
    ("abs(x)", 0, 0), ("step(x)", 0, 0), ("max(0, 1 - x)", 1, 0), ("max(1 - x, 0)", 1, -1), ("min(x, 2*x)", 0, 1),
    ("max(x, -x, 3*x)", 0, 1), ("max(2, x, x^2 - 2)", 2, 0),
]  # fmt: skip


@pytest.mark.parametrize(("form", "at", "slope"), KINKS)
def test_at_a_kink_the_convention_is_taken_by_both_routes(form: str, at: int, slope: float | str) -> None:
    node = parse_expression(form)
    with ctx.workprec(256):
        expected = arb(str(slope))
        assert value(derivative(node, X), fmpq(at)).overlaps(expected)
        assert series(node, fmpq(at))[1].overlaps(expected)


arguments = st.lists(st.fractions(-1000, 1000, max_denominator=50), min_size=1, max_size=5)


@given(arguments, st.integers(0, 4))
def test_softmax_over_any_arguments_adds_up_to_one(drawn: list, place: int) -> None:
    numbers = [fmpq(number.numerator, number.denominator) for number in drawn]
    names = [Name("z", (str(index),)) for index in range(len(numbers))]
    known = dict(zip(names, numbers, strict=True))
    units = ", ".join(name.text for name in names)
    with ctx.workprec(256):
        shares = [arb(evaluate(parse_expression(f"softmax({name.text}, {units})"), known)) for name in names]
        assert sum(shares, arb(0)).overlaps(arb(1))
        assert all(share > 0 for share in shares)
    own = parse_expression(f"softmax({names[place % len(names)].text}, {units})")
    for name in names:
        moving = {other: arb_series([known[other], int(other == name)], 2) for other in names}
        with ctx.workprec(256):
            ours = evaluate(derivative(own, name), known)
            assert evaluate_series(own, moving)[1].overlaps(arb(ours))


@given(arguments)
def test_max_and_min_are_one_of_their_arguments(drawn: list) -> None:
    if len(drawn) < 2:
        return
    listed = ", ".join(f"({number.numerator})/{number.denominator}" for number in drawn)
    for word, best in (("max", max(drawn)), ("min", min(drawn))):
        found = evaluate(parse_expression(f"{word}({listed})"), {})
        assert found == fmpq(best.numerator, best.denominator)


def test_the_parameter_that_is_left_out_is_the_default() -> None:
    for short, whole in (("leaky_relu(x)", "leaky_relu(x, 0.01)"), ("elu(x)", "elu(x, 1)")):
        for point in POINTS:
            ours, theirs = (value(parse_expression(form), point) for form in (short, whole))
            assert ours.overlaps(theirs)
