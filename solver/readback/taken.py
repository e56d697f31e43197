"""Functions and derivatives on a page of derivations -> trees that have a value, by rules of the reader's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flint import fmpq

from solver.readback.numbers import Unreadable
from solver.readback.tex import Grid, Literal, Named, Node, Operator, Tree

ZERO, ONE, TWO = (Literal(fmpq(value), 0) for value in (0, 1, 2))
ROOT_OF_PI = Node("sqrt", (Node("pi", ()),))


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the page: what stands before its bracket, its variables, how it is printed whole.

    Without variables it is a general one, of which the page gives no formula: any example must satisfy the page.
    """

    head: str
    variables: tuple[str, ...] = ()
    whole: str = ""


def resolved(tree: Tree, functions: Mapping[str, Function], formulas: Mapping[str, Tree]) -> Tree:
    """Calls of the page's functions and derivatives to be taken, replaced by what they are."""
    match tree:
        case Node("call", (Named(head), *arguments)):
            function = functions[head.rstrip("'")]
            inner = [resolved(argument, functions, formulas) for argument in arguments]
            if not function.variables:
                return _example(head, inner[0])
            if len(inner) != len(function.variables) or function.whole not in formulas or head.endswith("'"):
                raise Unreadable(f"the function {head} is not known here")
            formula = resolved(formulas[function.whole], functions, formulas)
            return _put(formula, dict(zip(function.variables, inner, strict=True)))
        case Operator(operand, by):
            whole = {function.whole for function in functions.values()}
            return slope(_opened(resolved(operand, functions, formulas), functions, formulas, whole), by)
        case Node(operation, parts):
            return Node(operation, tuple(resolved(part, functions, formulas) for part in parts))
        case Literal() | Named() | Grid():
            return tree


def _opened(tree: Tree, functions: Mapping[str, Function], formulas: Mapping[str, Tree], whole: set[str]) -> Tree:
    """What a derivative is taken of: f(x) is its formula, and so is a derivative that is differentiated again."""
    match tree:
        case Named(name) if name in formulas and (name in whole or name.startswith(r"\frac{\partial")):
            return _opened(resolved(formulas[name], functions, formulas), functions, formulas, whole)
        case Node(operation, parts):
            return Node(operation, tuple(_opened(part, functions, formulas, whole) for part in parts))
        case _:
            return tree


def _example(head: str, argument: Tree) -> Tree:
    """A function in place of a general one: g(u) = e^(u/2)/3 + k*u^2, with another k for another letter."""
    number = Literal(fmpq(3 + sum(map(ord, head.rstrip("'"))) % 7, 5), 1)
    u = Named("u")
    half = Node("/", (u, TWO))
    tree: Tree = Node(
        "+", (Node("/", (Node("exp", (half,)), Literal(fmpq(3), 0))), Node("*", (number, Node("^", (u, TWO)))))
    )
    for _ in range(len(head) - len(head.rstrip("'"))):
        tree = slope(tree, "u")
    return _put(tree, {"u": argument})


def _put(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    match tree:
        case Named(name):
            return values.get(name, tree)
        case Node(operation, parts):
            return Node(operation, tuple(_put(part, values) for part in parts))
        case _:
            return tree


def slope(tree: Tree, by: str) -> Tree:
    """The derivative of a tree by a name. Raises Unreadable where this reader has no rule."""
    match tree:
        case Literal():
            return ZERO
        case Named(name):
            return ONE if name == by else ZERO
        case Operator() | Grid():
            raise Unreadable("a derivative inside a derivative, or of a matrix")
        case Node("+" | "-", parts):
            return Node(tree.operation, tuple(slope(part, by) for part in parts))
        case Node("*", parts):
            terms = [Node("*", (*parts[:i], slope(part, by), *parts[i + 1 :])) for i, part in enumerate(parts)]
            return Node("+", tuple(terms))
        case Node("/", (top, bottom)):
            over = Node("-", (Node("/", (Node("*", (top, slope(bottom, by))), Node("^", (bottom, TWO)))),))
            return Node("+", (Node("/", (slope(top, by), bottom)), over))
        case Node("^", (base, exponent)):
            return _slope_of_power(base, exponent, by)
        case Node(word, (argument,)):
            if not _reads(argument, by):
                return ZERO
            return Node("*", (_outer(word, argument, tree), slope(argument, by)))
        case Node(_, parts) if not any(_reads(part, by) for part in parts):
            return ZERO
        case Node("softmax", (own, *units)):
            shares = Node("+", tuple(Node("exp", (unit,)) for unit in units))
            return slope(Node("/", (Node("exp", (own,)), shares)), by)
        case Node("leakyrelu", (argument, leak)) if not _reads(leak, by):
            step = Node("step", (argument,))
            off = Node("*", (leak, Node("+", (ONE, Node("-", (step,))))))
            return Node("*", (Node("+", (step, off)), slope(argument, by)))
        case Node("max", (first, second)):
            step = Node("step", (Node("+", (first, Node("-", (second,)))),))
            off = Node("*", (Node("+", (ONE, Node("-", (step,)))), slope(second, by)))
            return Node("+", (Node("*", (step, slope(first, by))), off))
        case Node(word):
            raise Unreadable(f"no slope of {word} is known")


def _reads(tree: Tree, by: str) -> bool:
    match tree:
        case Named(name):
            return name == by
        case Node(_, parts):
            return any(_reads(part, by) for part in parts)
        case _:
            return False


def _slope_of_power(base: Tree, exponent: Tree, by: str) -> Tree:
    if not _reads(exponent, by):
        if not _reads(base, by):
            return ZERO
        lower = Node("+", (exponent, Node("-", (ONE,))))
        return Node("*", (exponent, Node("^", (base, lower)), slope(base, by)))
    logarithm = Node("*", (exponent, Node("ln", (base,))))
    return Node("*", (Node("^", (base, exponent)), slope(logarithm, by)))


def _outer(word: str, u: Tree, whole: Tree) -> Tree:
    """f'(u)"""
    step = Node("step", (u,))
    one_less = Node("+", (ONE, Node("-", (whole,))))
    bell = Node("/", (Node("*", (TWO, Node("exp", (Node("-", (Node("^", (u, TWO)),)),)))), ROOT_OF_PI))
    match word:
        case "exp":
            return whole
        case "ln":
            return Node("/", (ONE, u))
        case "log_2" | "log_{10}":
            base = Literal(fmpq(2 if word == "log_2" else 10), 0)
            return Node("/", (ONE, Node("*", (u, Node("ln", (base,))))))
        case "sqrt":
            return Node("/", (ONE, Node("*", (TWO, whole))))
        case "sin":
            return Node("cos", (u,))
        case "cos":
            return Node("-", (Node("sin", (u,)),))
        case "tan":
            return Node("+", (ONE, Node("^", (whole, TWO))))
        case "tanh":
            return Node("+", (ONE, Node("-", (Node("^", (whole, TWO)),))))
        case "sigmoid":
            return Node("*", (whole, one_less))
        case "softplus":
            return Node("sigmoid", (u,))
        case "erf":
            return bell
        case "erfc":
            return Node("-", (bell,))
        case "abs":
            return Node("sign", (u,))
        case "relu":
            return step
        case "step" | "sign":
            return ZERO
        case "linear":
            return ONE
        case "leakyrelu":
            leak = Literal(fmpq(1, 100), 2)
            return Node("+", (step, Node("*", (leak, Node("+", (ONE, Node("-", (step,))))))))
        case "elu":
            return Node("+", (step, Node("*", (Node("exp", (u,)), Node("+", (ONE, Node("-", (step,))))))))
        case "swish":
            return slope_of(Node("*", (Named("u"), Node("sigmoid", (Named("u"),)))), u)
        case "gelu":
            inner = Node("erf", (Node("/", (Named("u"), Node("sqrt", (TWO,)))),))
            return slope_of(Node("*", (Node("/", (Named("u"), TWO)), Node("+", (ONE, inner)))), u)
        case _:
            raise Unreadable(f"no slope of {word} is known")


def slope_of(tree: Tree, at: Tree) -> Tree:
    """The slope by u of a formula in u, at a tree."""
    return _put(slope(tree, "u"), {"u": at})
