"""Derivatives along definitions, and lines of vectors and matrices -> the blocks of a derivation's page."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from solver.derivations.derived import Derived, Working
from solver.derivations.vectorlines import bold
from solver.document import Block, Chain, Link, Math, Paragraph, SideBySide, Text, listed, sentence
from solver.entries import written_out
from solver.expression import Call, Product, Sum, Symbol, Term, Transpose, symbols, walk
from solver.names import Local, Name, Total, parse_name
from solver.problem import ChainRule

ROW = 4
"""Vectors and matrices of which a line has room for so many."""
Words = Mapping[str, str]


def vector_blocks(derived: Derived, words: Words) -> Iterator[Block]:
    """The names of the vectors and matrices that are used, each with its entries, and what is written with them."""
    yield from _names(derived, words)
    yield from vector_lines(derived, words)


def stacked_names(rule: ChainRule, derived: Derived, words: Words) -> Iterator[Block]:
    """The names of the vectors and matrices of definitions, what a function of one is, and a derivative by one."""
    yield from _names(derived, words)
    nodes = [part for line in derived.lines for _, node in line.stages for part in walk(node)]
    for function in rule.functions:
        calls = (part for part in nodes if isinstance(part, Call) and part.function == function)
        if any(name in derived.grids for call in calls for name in symbols(call)):
            yield Paragraph(sentence(words["of a vector"], function=Math(Symbol(parse_name(function)))))
    turned = next((part for part in nodes if isinstance(part, Transpose) and isinstance(part.operand, Symbol)), None)
    if turned is not None:
        yield Paragraph(sentence(words["transposed"], matrix=Math(turned)))
    if rule.groups:
        own = [line.left for line in derived.lines if isinstance(line.left.name, Local)]
        asked = [Symbol(Total(group.of, bold(group.by))) for group in rule.groups]
        names = listed(map(Math, (*asked, *own)))
        yield Paragraph(sentence(words["by a vector"], names=names))


def vector_lines(derived: Derived, words: Words) -> Iterator[Block]:
    """What is written with vectors and matrices."""
    for line in derived.lines:
        links = (Link("=", node, "rule", (Text(words[rule]),), proof="algebra") for rule, node in line.stages)
        yield Chain(line.left, tuple(links))


def vector_results(derived: Derived, asked: Collection[Total]) -> Iterator[Block]:
    """What each derivative by a vector or matrix comes to."""
    for line in derived.lines:
        own = line.left.name in asked or any(node == Symbol(name) for name in asked for _, node in line.stages)
        if own:
            yield Chain(line.left, (Link("=", line.stages[-1][1], "result"),))


def ways(working: Working, words: Words) -> Iterator[Paragraph]:
    """Why a derivative is a sum: what it is by reaches the quantity along several paths."""
    long = next((step.after for step in working.steps if step.rule == "chain of"), None)
    name = working.name
    if not isinstance(long, Sum) or not isinstance(name, Total):
        return
    *ways, last = (_through(term, name, words) for term in long.terms)
    through = (*listed(ways), Text(words["and"]), *last)
    yield Paragraph(sentence(words["several ways"], by=Math(Symbol(name.by)), of=Math(Symbol(name.of)), ways=through))


def _through(term: Term, name: Total, words: Words) -> tuple[Text | Math, ...]:
    """The quantities between the two, from the first to the last: through a_1 and u_1."""
    factors = term.value.factors if isinstance(term.value, Product) else (term.value,)
    between = [part.name.by for part in factors if isinstance(part, Symbol) and isinstance(part.name, Local | Total)]
    names = [by for by in reversed(between) if by != name.by]
    found: list[Text | Math] = [Text(words["through"])]
    for place, by in enumerate(names):
        found.extend((Text(words["and"]),) if place else ())
        found.append(Math(Symbol(by)))
    return tuple(found)


def _names(derived: Derived, words: Words) -> Iterator[Block]:
    used = {
        name for line in derived.lines for node in (line.left, *(n for _, n in line.stages)) for name in symbols(node)
    }
    stacked = {name.by if not isinstance(name, Name) else name for name in used}
    named = [(name, grid) for name, grid in derived.grids.items() if isinstance(name, Name) and name in stacked]
    if named:
        yield Paragraph((Text(words["vectors"]),))
        stacked_chains = [Chain(Symbol(name), (Link("=", written_out(grid), "rule"),)) for name, grid in named]
        for start in range(0, len(stacked_chains), ROW):
            yield SideBySide(tuple(stacked_chains[start : start + ROW]))
