"""Whether a member is the formula before it with the printed values in the places of the names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from flint import fmpq

from solver.readback import numbers
from solver.readback.numbers import Terms, Unreadable, digits_of
from solver.readback.tex import Grid, Literal, Named, Node, Operator, Tree, evaluate

Holds = Callable[[str, Tree], bool]
"""Whether a printed value may stand for a name."""


def stands_for(formula: Tree, put: Tree, holds: Holds) -> bool:
    """Whether `put` has the shape of `formula`, each name replaced by a value that may stand for it."""
    put = _sign_inside(put) if _is_product(formula) else put
    match formula, put:
        case Named(name), _:
            return put == formula or holds(name, put)
        case Node("^", (base, Literal(exponent))), Literal(value) if (
            exponent.q == 1 and value == fmpq(10) ** exponent.p
        ):
            return stands_for(base, Literal(fmpq(10), 0), holds)  # 10^2 put in for x^2 reads as a power of ten
        case Node(operation, parts), Node(other, put_parts):
            return (
                operation == other
                and len(parts) == len(put_parts)
                and all(stands_for(part, with_value, holds) for part, with_value in zip(parts, put_parts, strict=True))
            )
        case _:
            return formula == put


def is_rounded(value: Terms, put: Tree, mode: str, digits: int) -> bool:
    """Whether a printed value is a value correctly rounded to the places it shows."""
    places = printed_places(put, digits, exactly=True)
    try:
        shown = evaluate(put, lambda name: {(name,): fmpq(1)})
    except Unreadable:
        return False
    if not places or {*shown} != {*value}:
        return False
    return all(
        isinstance(number, fmpq) and numbers.rounds_to(value[unknowns], number, places[unknowns], mode)
        for unknowns, number in shown.items()
    )


def signed_literal(tree: Tree | None) -> Literal | None:
    """A printed number with the sign in front of it."""
    match tree:
        case Literal():
            return tree
        case Node("-", (Literal(value, last_place),)):
            return Literal(-value, last_place)
        case _:
            return None


def printed_places(tree: Tree, digits: int, exactly: bool = False) -> dict[tuple[str, ...], int]:
    """The last place of each coefficient of a printed value; nothing where it is no such value.

    A short result claims `digits` places: 0.5 is 0.500. With `exactly`, the places are those that are printed.
    """
    terms = tree.parts if isinstance(tree, Node) and tree.operation == "+" else (tree,)
    found: dict[tuple[str, ...], int] = {}
    for term in terms:
        inner = term.parts[0] if isinstance(term, Node) and term.operation == "-" else term
        factors = inner.parts if isinstance(inner, Node) and inner.operation == "*" else (inner,)
        place, names = digits, []
        for factor in factors:
            match factor:
                case Literal(_, last_place):
                    place = last_place if exactly or last_place < 0 else max(last_place, digits)
                case Named(name):
                    names.append(name)
                case Node("^", (Named(name), Literal(value, _))) if value.q == 1 and value > 0:
                    names.extend([name] * int(value.p))
                case _:
                    return {}
        found[tuple(sorted(names))] = place
    return found


def names_in(tree: Tree) -> frozenset[str]:
    """The names a tree reads."""
    found: set[str] = set()
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case Named(name):
                found.add(name)
            case Node(_, parts):
                waiting.extend(parts)
            case Operator(operand, _):
                waiting.append(operand)
            case Grid(rows):
                waiting.extend(chain.from_iterable(rows))
            case Literal():
                pass
    return frozenset(found)


def _is_product(tree: Tree) -> bool:
    return isinstance(tree, Node) and tree.operation in ("*", "/", "^")


def _sign_inside(tree: Tree) -> Tree:
    """-0.5*0.3 is read as -(0.5*0.3); put in for w*x it is (-0.5)*0.3."""
    match tree:
        case Node("-", (Node(operation, (first, *rest)),)) if operation in ("*", "/"):
            inner = _sign_inside(Node("-", (first,)))
            return Node(operation, (inner, *rest))
        case _:
            return tree


def related(before: Terms, after: Terms, relation: str, place: int) -> Iterator[str]:
    """Whether `=` or `≈` stands where it should."""
    if {*before} != {*after}:
        different: bool | None = True
    else:
        verdicts = [numbers.differ(before[key], after[key]) for key in before]
        different = True if True in verdicts else None if None in verdicts else False
    if relation == "=" and different:
        yield f"= stands before member {place + 1}, but the two sides differ"
    if relation != "=" and different is False:
        yield f"≈ stands before member {place + 1}, but the two sides are the same number"


def wrongly_rounded(
    value: Terms, result: Terms, digits: Mapping[tuple[str, ...], int], mode: str, place: int = 0
) -> Iterator[str]:
    """A value, rounded as the result is, must give the result."""
    if {*value} != {*result}:
        yield f"member {place} has other unknowns than the result"
        return
    for unknowns, shown in result.items():
        assert isinstance(shown, fmpq)
        if not numbers.rounds_to(value[unknowns], shown, digits[unknowns], mode):
            yield f"member {place} gives {digits_of(value[unknowns])}, not {digits_of(shown)}"


def has_value(tree: Tree) -> bool:
    """Whether a reader can work out a member without taking a derivative."""
    match tree:
        case Node(operation, parts):
            return operation != "act" and all(has_value(part) for part in parts)
        case Literal() | Named():
            return True
        case _:
            return False


def are_different(left: Terms, right: Terms) -> bool:
    """Whether two values are known to be two."""
    return {*left} != {*right} or any(numbers.differ(left[key], right[key]) is True for key in left)


def are_same(left: Terms, right: Terms) -> bool:
    """Whether two values are known to be one."""
    return {*left} == {*right} and all(numbers.differ(left[key], right[key]) is False for key in left)
