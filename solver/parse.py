"""Text of a spec -> expression: our own grammar, bounded before a character of it is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flint import fmpq

from solver.expression import (
    Call,
    Constant,
    Expression,
    Negate,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Term,
)
from solver.names import PATTERN, Name, parse_name
from solver.typeface import LETTERS

MAX_CHARACTERS = 2_000
MAX_DEPTH = 64
MAX_DIGITS = 60
MAX_EXPONENT = 400

NUMBER = re.compile(r"(?P<digits>[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]+))?")
SIGNED_NUMBER = re.compile(rf"[+-]?{NUMBER.pattern}")
TOKEN = re.compile(rf"\s*(?:(?P<number>{NUMBER.pattern})|(?P<name>{PATTERN.pattern})|(?P<mark>\*\*|[-+*/^(),=]))")
MARKS = "+ - * / ^ ( ) ,"
IN_ASCII = {letter: name.removeprefix("var") for letter, name in LETTERS.items()} | {
    "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "²": "^2", "³": "^3", "½": "1/2", "¼": "1/4",
    "√": "sqrt(...)",
}  # fmt: skip
"""What to write for a letter or sign as it stands in printed mathematics."""


class ParseError(ValueError):
    """A text is not an expression; `offset` is the character where it goes wrong."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.offset, self.hint = message, offset, hint


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    offset: int


def parse_number(text: str) -> Number:
    """A literal such as `0.30`, `-.5`, `1e-3` or `3/4`, with its exact value.

    Raises ParseError when the text is not a number.
    """
    top, slash, bottom = text.partition("/")
    value = _literal(top.strip())
    if slash:
        divisor = _literal(bottom.strip())
        if divisor == 0:
            raise ParseError(f"{text} divides by zero", text.index("/") + 1, "write a number other than 0 below")
        value /= divisor
    text = text.strip().removeprefix("+")
    return Number(text if value else text.removeprefix("-"), value)


def _literal(text: str, offset: int = 0) -> fmpq:
    match = SIGNED_NUMBER.fullmatch(text)
    if match is None:
        hint = "write a number such as 0.30, -.5, 1e-3 or 3/4"
        if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
            hint = f"write {text.replace(',', '.')}, with a point"
        raise ParseError(f"{_shorten(text)!r} is not a number", offset, in_ascii(text, hint))
    if len(match["digits"]) > MAX_DIGITS or abs(int(match["exponent"] or 0)) > MAX_EXPONENT:
        raise ParseError(f"the number {_shorten(text)} is out of range", offset, "at most 60 digits and e±400")
    whole, _, decimals = match["digits"].partition(".")
    shift = int(match["exponent"] or 0) - len(decimals)
    digits = int(whole + decimals)
    value = fmpq(digits * 10**shift) if shift >= 0 else fmpq(digits, 10**-shift)
    return -value if text.startswith("-") else value


def parse_expression(text: str) -> Expression:
    """An expression such as `w_1*x_1 + b` or `1/(1 + exp(-x))`, in the author's order.

    Raises ParseError at the character that is wrong. Function names are not looked up here.
    """
    return _Parser(text).whole()


def parse_function(text: str) -> tuple[Name, tuple[Name, ...], Expression]:
    """A function definition `f(x, y) = ...` -> its name, its variables and its formula."""
    left, equals, right = text.partition("=")
    head = re.fullmatch(rf"\s*({PATTERN.pattern})\s*\(([^()]*)\)\s*", left)
    if not equals or head is None:
        raise ParseError("a function is written as f(x) = formula", 0, "for example: f(x) = 1/(1 + exp(-x))")
    variables = [variable.strip() for variable in head[2].split(",")]
    odd = next((v for v in variables if not re.fullmatch(PATTERN.pattern, v) or variables.count(v) > 1), None)
    if odd is not None:
        raise ParseError(f"{odd!r} is no variable, or stands twice", head.start(2), "for example: f(x, y) = x^2*y")
    formula = _shifted(right, len(left) + 1)
    return parse_name(head[1]), tuple(parse_name(variable) for variable in variables), formula


def parse_equation(text: str) -> tuple[Expression, Expression | None]:
    """`left = right`, or an expression alone. Raises ParseError."""
    left, equals, right = text.partition("=")
    return parse_expression(left), _shifted(right, len(left) + 1) if equals else None


def _shifted(text: str, offset: int) -> Expression:
    """The expression in a text that stands behind others; a fault is counted from the first of them."""
    try:
        return parse_expression(text)
    except ParseError as error:
        raise ParseError(error.message, error.offset + offset, error.hint) from None


def locate(text: str, word: str) -> int:
    """Where a name first stands in a text that has been parsed before; 0 if it does not."""
    match = re.search(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])", text)
    return match.start() if match else 0


def in_ascii(text: str, otherwise: str) -> str:
    """A hint that says what to write for the first letter or sign that is not ASCII."""
    odd = next((character for character in text if not character.isascii()), "")
    return f"write {IN_ASCII[odd]} for {odd}" if odd in IN_ASCII else otherwise


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _tokens(text: str) -> list[Token]:
    if len(text) > MAX_CHARACTERS:
        raise ParseError(f"an expression has at most {MAX_CHARACTERS} characters, this has {len(text)}", 0)
    tokens, position = [], 0
    while text[position:].strip():
        match = TOKEN.match(text, position)
        if match is None:
            offset = position + len(text[position:]) - len(text[position:].lstrip())
            character = text[offset]
            what = f"{character!r}" if character.isascii() else f"{character!r} (U+{ord(character):04X})"
            hint = in_ascii(character, f"an expression is made of names, numbers and {MARKS}")
            raise ParseError(f"unexpected {what}", offset, hint)
        kind = match.lastgroup if match.lastgroup in ("name", "mark") else "number"
        tokens.append(Token(kind, match[kind], match.start(kind)))
        position = match.end()
    return tokens


class _Parser:
    """Recursive descent, one method a level of precedence."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.end = Token("end", "the end", len(text))
        self.position = 0
        self.depth = 0

    def peek(self) -> Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else self.end

    def take(self, *marks: str) -> str:
        token = self.peek()
        if token.kind == "mark" and token.text in marks:
            self.position += 1
            return token.text
        return ""

    def whole(self) -> Expression:
        node = self.sum()
        self.refuse_rest()
        return node

    def refuse_rest(self) -> None:
        token = self.peek()
        if token.kind == "end":
            return
        hint = "take it out, or write what stands before it"
        if token.kind in ("name", "number") or token.text == "(":
            hint = "write products with *, for example 2*x"
        elif token.text == "=":
            hint = "only the formula stands here, without a left side"
        raise ParseError(f"unexpected {token.text!r}", token.offset, hint)

    def sum(self) -> Expression:
        self.deeper()
        terms = [Term(-1 if self.take("-") else 1, self.product())]
        while mark := self.take("+", "-"):
            terms.append(Term(-1 if mark == "-" else 1, self.product()))
        self.depth -= 1
        if len(terms) > 1:
            return Sum(tuple(terms))
        return terms[0].value if terms[0].sign > 0 else Negate(terms[0].value)

    def product(self) -> Expression:
        node, chained = self.unary(), 0
        factors = [node]
        while mark := self.take("*", "/"):
            right = self.unary()
            if mark == "*":
                factors.append(right)
                continue
            chained += 1
            if chained + self.depth > MAX_DEPTH:
                raise ParseError(f"the expression is nested deeper than {MAX_DEPTH}", self.peek().offset)
            factors = [Quotient(_product(factors), right)]
        return _product(factors)

    def unary(self) -> Expression:
        if not self.take("-"):
            return self.power()
        self.deeper()
        node = Negate(self.unary())
        self.depth -= 1
        return node

    def power(self) -> Expression:
        base = self.atom()
        if not self.take("^", "**"):
            return base
        self.deeper()
        exponent = self.unary()
        self.depth -= 1
        return Power(base, exponent)

    def atom(self) -> Expression:
        token = self.peek()
        if token.kind == "number":
            self.position += 1
            return Number(token.text, _literal(token.text, token.offset))
        if token.kind == "name":
            self.position += 1
            return self.call(token) if self.take("(") else self.named(token)
        if self.take("("):
            node = self.sum()
            self.close(token)
            return node
        hint = "the formula breaks off here" if token.kind == "end" else f"something is missing before {token.text}"
        raise ParseError(f"a name, a number or '(' is expected, not {token.text!r}", token.offset, hint)

    def named(self, token: Token) -> Expression:
        return Constant("pi") if token.text == "pi" else Symbol(parse_name(token.text))

    def call(self, token: Token) -> Expression:
        if self.peek().text == ")":
            raise ParseError(
                f"{token.text}() has no argument", self.peek().offset, "write what it is taken of in the brackets"
            )
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        self.close(token)
        return Call(token.text, tuple(arguments))

    def close(self, opened: Token) -> None:
        if not self.take(")"):
            hint = "add ) where the bracket ends"
            if self.peek().kind == "end" and opened.kind == "name":
                hint = "add ), or put the formula in quotes: inside { } a comma ends a value"
            raise ParseError(f"a ')' is missing for {opened.text!r}", self.peek().offset, hint)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ParseError(f"the expression is nested deeper than {MAX_DEPTH}", self.peek().offset)


def _product(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))
