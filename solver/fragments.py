"""Document -> Markdown for other people's pages: the whole, each section and each step, with no HTML in it."""

from __future__ import annotations

from collections.abc import Mapping

from solver.document import Document
from solver.escape import escape_markdown, escape_markdown_first
from solver.mathtex import MathTex
from solver.plain import PlainWriter
from solver.render import Style
from solver.steps import Step, sections, steps
from solver.transforms import described

PLAIN = Style("plain", "md", escape_markdown, "markdown", escape_markdown_first)
UNTITLED = ("statement", "source")
"""Sections that have no heading of their own."""


def page(document: Document, math: MathTex) -> str:
    """The whole solution."""
    return PlainWriter(PLAIN, math).document(described(document))


def pieces(document: Document, math: MathTex) -> Mapping[str, str]:
    """Each section with its heading and each step without one, by name."""
    writer = PlainWriter(PLAIN, math)
    own = {step.name: _section(step, writer) for step in sections(described(document))}
    return own | {step.name: _blocks(step, writer) for step in steps(described(document))}


def _section(step: Step, writer: PlainWriter) -> str:
    inside = _blocks(step, writer)
    return inside if step.name in UNTITLED else f"## {writer.inline(step.title)}\n\n{inside}"


def _blocks(step: Step, writer: PlainWriter) -> str:
    return "\n\n".join(writer.blocks(step.blocks)).rstrip("\n") + "\n"
