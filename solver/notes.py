"""A slide -> what its speaker says: why each line of its chains follows, in words alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from solver.data import plain
from solver.document import Block, Chain, Link, chains
from solver.mathtext import text
from solver.phrases import PHRASES


def notes(blocks: Iterable[Block], language: str) -> tuple[str, ...]:
    """One line a chain that has more than one member: the reasons the document gives, else what was done."""
    words = PHRASES[language]
    return tuple(
        f"{text(chain.left)} — {'; '.join(_reasons(chain, words))}." for chain in chains(blocks) if len(chain.links) > 1
    )


def _reasons(chain: Chain, words: Mapping[str, str]) -> Iterator[str]:
    before = ""
    for link in chain.links:
        goes_on = link is chain.links[0] and link.role == "rule"  # a chain that began on the slide before
        said = plain(link.reason) or (words["say again"] if goes_on else _done(link, words))
        if said != before:
            yield said
        before = said


def _done(link: Link, words: Mapping[str, str]) -> str:
    said = words[f"say {link.role}"]
    return f"{said}, {words['say rounded']}" if link.relation == "≈" and link.role in ("worked", "result") else said
