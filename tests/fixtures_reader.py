"""Reads the fixture files: input, a line with a dot, output; the first paragraph says what they are."""

from __future__ import annotations

from pathlib import Path


def cases(name: str) -> list[tuple[str, str]]:
    text = (Path(__file__).parent / "fixtures" / name).read_text(encoding="utf-8")
    _, *blocks = text.strip().split("\n\n")
    return [tuple(part.strip() for part in block.split("\n.\n")) for block in blocks]  # type: ignore[misc]
