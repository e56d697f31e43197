"""The author's Markdown -> inline nodes and blocks; what is not emphasis, code, a list or {formula} is plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from solver.diagnostics import Fault, ProblemError
from solver.document import Block, BulletList, Code, Emphasis, Hyperlink, Inline, Math, Paragraph, Strong, Text
from solver.expression import Call, Expression, Symbol, symbols, walk
from solver.functions import FUNCTIONS
from solver.names import PATTERN, QuantityName, parse_name
from solver.parse import ParseError, parse_expression
from solver.problem import Problem, names_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKED = re.compile(r"[*_`\[\]\\&<>]|\n|^\s*[-+]\s")
PLACE = re.compile(r"\{\{|\}\}|\{([^{}\n]*)\}")
ENCODED = {ord(mark): f"%{ord(mark):02X}" for mark in "$()*"}
"""What an address may hold but a page would read as mathematics, as the end of a link or as emphasis."""
ADDRESS = re.compile(r"https?://[^\s<>\"'{}|\\^`]+[^\s<>\"'{}|\\^`.,;:!?)\]]")


def statement_blocks(text: str, problem: Problem) -> tuple[Block, ...]:
    """The statement of a problem; `{w_h}` and `{w_h*x_1}` are printed as mathematics.

    Raises ProblemError for a `{name}`, alone or in a formula, that the problem does not have.
    """
    if not text.strip():
        return ()
    if not MARKED.search(text.strip()):
        blocks: list[Block] = [Paragraph(tuple(_plain(text.strip())))]
    else:
        blocks = list(_blocks(_tokens(text)))
    _refuse_unknown(text, problem)
    return tuple(blocks)


def inlines(text: str, problem: Problem) -> tuple[Inline, ...]:
    """A short text of the author's, such as a reason or a source; braces around what is no name here are text."""
    known = known_names(problem)
    text = PLACE.sub(lambda m: m[0] if m[1] is None or _is_known(m[1], known) else f"{{{{{m[1]}}}}}", text)
    if not MARKED.search(text):
        return tuple(_plain(text))
    parts: list[Inline] = []
    for block in _blocks(_tokens(text)):
        items = block.items if isinstance(block, BulletList) else (block.parts,) if isinstance(block, Paragraph) else ()
        for item in items:
            parts.extend([Text(" "), *item] if parts else item)
    return tuple(parts)


def known_names(problem: Problem) -> set[QuantityName]:
    """The names that an author's text may print as mathematics."""
    known: set[QuantityName] = {*problem.graph.givens, *problem.graph.by_name, *problem.graph.unknowns}
    known |= {group.unit.name for group in problem.groups if group.unit}
    if problem.derivation:
        known |= names_of(problem.derivation)
    return known


def _is_known(text: str, known: set[QuantityName]) -> bool:
    formula = _formula(text)
    return formula is not None and {*symbols(formula)} <= known


def _formula(text: str) -> Expression | None:
    """What stands in braces: a name, or a formula of the functions that every problem knows."""
    if PATTERN.fullmatch(text):
        return Symbol(parse_name(text))
    try:
        formula = parse_expression(text)
    except ParseError:
        return None
    return formula if all(part.function in FUNCTIONS for part in walk(formula) if isinstance(part, Call)) else None


def _refuse_unknown(text: str, problem: Problem) -> None:
    known = known_names(problem)
    faults = [
        Fault("S306", f"{match[1]!r} is no name of this problem", ("statement",), "a brace in the text is written {{")
        for match in PLACE.finditer(text)
        if match[1] is not None and not _is_known(match[1], known)
    ]
    if faults:
        raise ProblemError(faults)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("zero", {"html": False}).enable(["emphasis", "backticks", "escape", "entity", "list", "newline"])


def _tokens(text: str) -> list[Token]:
    return _parser().parse(PLACE.sub(lambda formula: formula[0].replace("*", r"\*"), text))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Paragraphs and flat lists; items of a nested list join the list they stand in."""
    items: list[tuple[Inline, ...]] = []
    depth = 0
    for token in tokens:
        depth += {"bullet_list_open": 1, "ordered_list_open": 1, "bullet_list_close": -1, "ordered_list_close": -1}.get(
            token.type, 0
        )
        if token.type == "inline":
            parts = tuple(_inline(token.children or []))
            if depth:
                items.append(parts)
            else:
                yield Paragraph(parts)
        if items and depth == 0:
            yield BulletList(tuple(items))
            items = []


def _inline(tokens: Sequence[Token]) -> Iterator[Inline]:
    stack: list[list[Inline]] = [[]]
    for token in tokens:
        match token.type:
            case "strong_open" | "em_open":
                stack.append([])
            case "strong_close" | "em_close":
                inner = tuple(stack.pop())
                stack[-1].append(Strong(inner) if token.type == "strong_close" else Emphasis(inner))
            case "code_inline":
                stack[-1].append(Code(token.content))
            case "softbreak" | "hardbreak":
                stack[-1].append(Text(" "))
            case _:
                stack[-1].extend(_plain(token.content))
    yield from stack[0]


def _plain(text: str) -> Iterator[Inline]:
    """Text with `{formula}`, doubled braces and web addresses in it."""
    position = 0
    for match in re.finditer(f"{PLACE.pattern}|{ADDRESS.pattern}", text):
        if match.start() > position:
            yield Text(text[position : match.start()])
        found = match[0]
        if found in ("{{", "}}"):
            yield Text(found[0])
        elif found.startswith("{"):
            formula = _formula(found[1:-1])
            yield Text(found) if formula is None else Math(formula)
        else:
            yield Hyperlink(found.translate(ENCODED))
        position = match.end()
    if position < len(text):
        yield Text(text[position:])
