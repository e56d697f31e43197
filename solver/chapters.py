"""Problems -> the chapters of a course: which problems stand in one, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Protocol, TypeVar

WITHOUT_NAME = "Problems"
"""The chapter of problems that lie in no folder and name none."""


class Placed(Protocol):
    """What has a place in a course: its chapter, and the place its author gave it there, 0 where none was given."""

    @property
    def chapter(self) -> str: ...

    @property
    def order(self) -> int: ...


Member = TypeVar("Member", bound=Placed)


def by_chapter(members: Iterable[Member]) -> dict[str, list[Member]]:
    """The chapters in the order of their first problem as it comes; in a chapter, those with an `order` come first.

    Members of one place, and those without, stay in the order they come in: that of their files.
    """
    found: dict[str, list[Member]] = {}
    for member in members:
        found.setdefault(member.chapter or WITHOUT_NAME, []).append(member)
    return {chapter: sorted(inside, key=lambda member: member.order or inf) for chapter, inside in found.items()}
