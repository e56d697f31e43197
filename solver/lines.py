"""A definition -> the members of its line on the board: formula, numbers put in, what is worked out, result.

Every member reproduces: evaluated as printed and rounded it gives the printed result. Where it does not, the inexact
numbers of that line get one more digit, then two, until it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flint import arb, fmpq

from solver.board import Board
from solver.cases import of_value, worked_cases
from solver.diagnostics import Fault, ProblemError
from solver.document import Inline, Link, Math, MemberRole, Text, sentence
from solver.expression import (
    ONE,
    ZERO,
    Call,
    Constant,
    Entrywise,
    Expression,
    Matrix,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
    children,
    rebuild,
    symbols,
    walk,
)
from solver.functions import FUNCTIONS, Function
from solver.graph import Definition
from solver.mathtext import text
from solver.names import Name
from solver.phrases import ENGLISH
from solver.rounding import RangeError, Relation, UndecidedError, show, show_step
from solver.tidy import rational

MAX_GUARD = 12
"""Guard digits tried before a line is given up; five is the most ever seen needed."""

PartShown = Callable[[Expression, Expression], Number | Matrix | None]
"""A part of a formula, and the same part with numbers -> its value as printed; None where it does not reproduce."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a line; `same` where it is the one before it in another form, by definition or by a checked rule.

    `too_small` marks a result that differs from what its line's rounded numbers give by more digits than anyone reads.
    `reason` says why the member follows.
    """

    role: MemberRole
    expression: Expression
    same: bool = False
    too_small: bool = False
    reason: tuple[Inline, ...] = ()


def definition_links(
    board: Board,
    definition: Definition,
    opening: Sequence[Member] = (),
    too_small: str = "",
    words: Mapping[str, str] = ENGLISH,
    brief: bool = False,
) -> tuple[Link, ...]:
    """The members after `name =`. `opening` stands in place of the formula where a derivative spells out its rule.

    A function worked by cases says which case applies. A `brief` line is not worked out part by part.

    Where no readable number of guard digits makes the line reproduce (1 - 0.99999999999999999), the numbers are left
    out and the result follows from the formula, for the reason `too_small`. Raises ProblemError where a digit or a
    relation cannot be decided.
    """
    formula = definition.expression
    try:
        members = [*opening] if opening else [Member("formula", applied(formula))]
        if definition.stated is not None:
            computed = isinstance(board.value(formula), fmpq | arb)
            members.append(Member("result", definition.stated, same=not computed))
        else:
            worked = _spelled_out(board, numeric_members(board, definition, brief))
            worked = [member for member in worked if not (brief and member.role == "spelled")]
            worked = [_with_convention(board, member, words) for member in worked]
            members.extend(worked if opening else _with_case(board, definition, worked, words))
        return chained(board, _distinct(members), too_small)
    except (UndecidedError, RangeError) as reason:
        raise ProblemError([Fault("S402", f"{definition.name.text}: {reason}", definition.origin)]) from None


def brief_links(board: Board, definition: Definition, words: Mapping[str, str] = ENGLISH) -> tuple[Link, ...]:
    """Formula, numbers put in, result: the members of a line that is worked like another before it."""
    return definition_links(board, definition, too_small=words["too small"], words=words, brief=True)


def chained(board: Board, members: Sequence[Member], too_small: str = "") -> tuple[Link, ...]:
    """The members with `=` or `≈` between each and the one before; the first is what its name stands for.

    What is spelled out is the same number as the call before it, which tells more: tanh(9000) is known to be below 1.
    """
    relations: list[Relation] = ["="]
    told = members[0]
    for before, member in pairwise(members):
        told = told if before.role == "spelled" else before
        relations.append("=" if member.same else board.relation(told.expression, member.expression))
    return tuple(
        Link(
            relation,
            member.expression,
            member.role,
            (Text(too_small),) if member.too_small else member.reason,
            board.value(member.expression),
        )
        for relation, member in zip(relations, members, strict=True)
    )


def numeric_members(board: Board, definition: Definition, brief: bool = False) -> list[Member]:
    """The members with numbers in them: numbers put in, unless in brief what is worked out, result."""
    formula, name = definition.expression, definition.name
    if board.is_opaque(name):
        return [Member("numbers", board.put_in(formula), board.is_exact(formula))]
    result = board.shown(name)
    ending = Member("result", result.expression)
    if isinstance(formula, Symbol):
        put = board.put_in(formula)
        return (
            [ending]
            if text(put) == text(result.expression)
            else [Member("numbers", put, board.is_exact(formula)), ending]
        )
    found = reproducing(
        formula,
        lambda extra: board.put_in(formula, extra),
        lambda member: board.reproduces(member, result),
        lambda extra: part_shown(board, definition, extra),
        brief,
    )
    if found is None:
        return [Member("result", result.expression, too_small=True)]
    put, extra, worked = found
    members = [Member("numbers", put, board.is_exact(formula, extra))]
    return [*members, *([Member("worked", worked)] if worked is not None else []), ending]


def _vanishes(node: Expression) -> bool:
    """Whether a product or a quotient is zero at first sight: nothing in it needs to be worked out."""
    match node:
        case Negate(operand) | Quotient(operand, _):
            return _vanishes(operand)
        case Product(factors):
            return any(_vanishes(factor) for factor in factors)
        case Number():
            return node.value == 0
        case _:
            return False


def reproducing(
    formula: Expression,
    put_in: Callable[[int], Expression],
    reproduces: Callable[[Expression], bool],
    parts: Callable[[int], PartShown],
    brief: bool = False,
) -> tuple[Expression, int, Expression | None] | None:
    """The formula with numbers put in, how many guard digits they have, and what is worked out of it.

    Each of the two reproduces the result of its line; nothing is worked out where the parts are numbers already or
    never reproduce, and None comes back where no readable number of guard digits is enough. `parts` gives what shows a
    part with so many guard digits; in `brief`, and of what is zero at first sight, nothing is worked out.
    """
    unworked: tuple[Expression, int, None] | None = None
    for extra in range(MAX_GUARD + 1):
        put = put_in(extra)
        if not reproduces(put):
            continue
        unworked = unworked or (put, extra, None)
        if brief or _vanishes(put):
            return unworked
        for more in range(extra + 2):
            worked = work_out(formula, put, parts(more))
            if worked == put:
                return put, extra, None
            if worked is not None and reproduces(worked):
                return put, extra, worked
    return unworked


def work_out(formula: Expression, put: Expression, shown: PartShown) -> Expression | None:
    """Each compound part of `put` replaced by its value: 0.25*0.5 + 0.3*1.1 + (-0.1) -> 0.125 + 0.33 - 0.1.

    None where some part does not reproduce with this many digits.
    """
    failed = False

    def part(formula_part: Expression, put_part: Expression) -> Expression:
        nonlocal failed
        if not _is_compound(formula_part, put_part) or symbols(put_part):
            return put_part
        number = shown(formula_part, put_part)
        failed = failed or number is None
        return number or put_part

    match formula, put:
        case Sum(terms), Sum(put_terms):
            worked: Expression = Sum(
                tuple(
                    _signed(p.sign, part(t.value, p.value)) for t, p in zip(terms, put_terms, strict=True)
                )
            )  # fmt: skip
        case Product(factors), Product(put_factors):
            worked = Product(tuple(part(f, p) for f, p in zip(factors, put_factors, strict=True)))
        case Entrywise(factors), Entrywise(put_factors):
            worked = Entrywise(tuple(part(f, p) for f, p in zip(factors, put_factors, strict=True)))
        case Quotient(top, bottom), Quotient(put_top, put_bottom):
            worked = Quotient(part(top, put_top), part(bottom, put_bottom))
        case Power(base, _), Power(put_base, exponent):
            worked = Power(part(base, put_base), exponent)
        case Call(_, arguments), Call(function, put_arguments, label):
            put_in = zip(arguments, put_arguments, strict=True)
            worked = Call(function, tuple(part(argument, put_argument) for argument, put_argument in put_in), label)
        case Negate(inner), Negate(put_inner):
            deeper = work_out(inner, put_inner, shown)
            failed = deeper is None
            worked = Negate(deeper) if deeper is not None else put
        case _:
            worked = put
    return None if failed else _settled(worked)


def applied(node: Expression) -> Expression:
    """A unit's activation as the notes write it: Act(h_in)."""
    match node:
        case Call(function, (Symbol(Name(tag="in")),)) if FUNCTIONS[function].activation:
            return Call(function, node.arguments, "Act")
        case _:
            return node


def part_shown(board: Board, definition: Definition, extra: int) -> PartShown:
    """A worked part is the rounded value of what is printed, and also of what it stands for."""
    show_part = show_step if board.is_update(definition) else show
    rounding = board.rounding.of(definition.name)

    def shown(formula_part: Expression, put_part: Expression) -> Number | None:
        try:
            printed = show_part(board.number(put_part), rounding, extra)
            true = show_part(board.number(formula_part), rounding, extra)
        except RangeError:  # nothing beside what it is added to: no number that anyone reads
            return None
        return true if printed.value == true.value else None

    return shown


def _spelled_out(board: Board, members: Sequence[Member]) -> list[Member]:
    """Sigmoid(0.355) with its word, and then the fraction with e; of two calls the later one is spelled out."""
    found: list[Member] = []
    calls = [place for place, member in enumerate(members) if isinstance(member.expression, Call)]
    for place, member in enumerate(members):
        call = member.expression
        if not isinstance(call, Call):
            found.append(member)
            continue
        row = FUNCTIONS[call.function]
        label = row.word if row.activation else ""
        found.append(replace(member, expression=Call(call.function, call.arguments, label)))
        spelled = _case_spelled_out(board, row, call) if row.default else row.spelled(call)
        if spelled and place == calls[-1] and member.role in ("numbers", "worked"):
            found.append(Member("spelled", _without_double_signs(spelled), same=True))
    return found


def _case_spelled_out(board: Board, row: Function, call: Call) -> Expression | None:
    """LeakyReLU(-2) as 0.01*(-2); nothing above zero, where the argument is the value."""
    value = board.value(row.arguments(call)[0])
    if row.cases is None or not isinstance(value, fmpq | arb) or not value < 0:
        return None
    spelled = row.filled(row.cases.of(-1), call)
    match spelled:
        case Product((first, second)) if first == ONE:
            return second
        case _:
            return spelled


def _with_case(board: Board, definition: Definition, members: list[Member], words: Mapping[str, str]) -> list[Member]:
    """The member in which cases are worked, with the reason: since h_in = 0.4 > 0."""
    formula = definition.expression
    decisions = worked_cases(board, formula, board.rounding.of(definition.name))
    if not decisions or members[-1].too_small:
        return members
    roles = ("spelled",) if isinstance(formula, Call) else ("worked", "result")
    place = next((place for place, member in enumerate(members) if member.role in roles), len(members) - 1)
    members[place] = replace(members[place], reason=of_value(decisions, words))
    return members


def _with_convention(board: Board, member: Member, words: Mapping[str, str]) -> Member:
    """0*ln(0), put in as it is: a member in which it stands says that it is taken as 0."""
    for part in walk(member.expression) if member.role == "numbers" else ():
        logarithm = isinstance(part, Call) and FUNCTIONS[part.function].domain == "positive"
        if isinstance(part, Call) and logarithm and board.value(part.arguments[0]) == fmpq(0):
            product = Math(Product((ZERO, Call(part.function, (ZERO,)))))
            return replace(member, reason=sentence(words["zero log"], product=product))
    return member


def _distinct(members: Sequence[Member]) -> list[Member]:
    """No member twice in a row: of two that are alike the later one stays, with the relation of the first.

    0.70 and 0.7 are one number.
    """
    found: list[Member] = []
    for member in members:
        if found and _is_the_same(found[-1].expression, member.expression):
            first = found.pop()
            member = replace(member, same=first.same, reason=first.reason or member.reason)
        found.append(member)
    return found


def _is_the_same(first: Expression, second: Expression) -> bool:
    """Whether two members are alike, or one decimal with zeros at its end and without."""
    match first, second:
        case Number(one, value), Number(other, same) if "/" not in one + other:
            return value == same
        case _:
            return _begins_with_name(first) == _begins_with_name(second) and text(first) == text(second)


def _begins_with_name(node: Expression) -> bool:
    """Whether an expression begins with a name, as a formula does, or with a number, as that with numbers put in."""
    while parts := children(node):
        node = parts[0]
    return isinstance(node, Symbol)


def _is_compound(formula_part: Expression, put_part: Expression) -> bool:
    """Whether a part is worked out: not a number alone, and not a fraction that the formula itself holds, like 1/2."""
    if isinstance(put_part, Number | Symbol | Constant | Matrix):
        return False
    return formula_part != put_part or rational(put_part) is None


def _settled(node: Expression) -> Expression:
    """What is worked out carries no zeros and no double signs: -(-0.29 + 0) -> 0.29; what is put in keeps them."""
    match node:
        case Sum(terms):
            kept = tuple(term for term in terms if not _is_zero(term.value))
            if _holds_matrix(terms) and not _holds_matrix(kept):  # 1 - a matrix of zeros is still a matrix
                return node
            if len(kept) == 1:
                return kept[0].value if kept[0].sign > 0 else _settled(Negate(kept[0].value))
            return Sum(kept) if kept else terms[0].value
        case Negate(Number() as number) if number.value < 0:
            return Number(number.text.lstrip("-"), -number.value)
        case Negate(Negate(operand)):
            return operand
        case _:
            return node


def _is_zero(node: Expression) -> bool:
    """Whether a node is zero, or a matrix of zeros."""
    return all(map(_is_zero, children(node))) if isinstance(node, Matrix) else rational(node) == 0


def _holds_matrix(terms: Sequence[Term]) -> bool:
    return any(isinstance(part, Matrix) for term in terms for part in walk(term.value))


def _signed(sign: int, value: Expression) -> Term:
    """A term of a sum whose number carries no sign of its own: + (-0.1) -> - 0.1."""
    if isinstance(value, Number) and value.value < 0:
        return Term(-sign, Number(value.text.lstrip("-"), -value.value))
    return Term(sign, value)


def _without_double_signs(node: Expression) -> Expression:
    """1/(1 + exp(-(-0.7))) -> 1/(1 + exp(0.7)); and zero has no sign."""
    if isinstance(node, Negate) and isinstance(node.operand, Number) and node.operand.value <= 0:
        return Number(node.operand.text.lstrip("-"), -node.operand.value)
    return rebuild(node, _without_double_signs)
