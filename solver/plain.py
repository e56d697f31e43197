"""Document -> Markdown with no HTML in it, in lines that fit where they go: slides and fragments are written so."""

from __future__ import annotations

from solver.document import Chain, Code, Inline
from solver.escape import escape_markdown
from solver.render import Writer


def code_span(text: str) -> str:
    """Code in backticks; what a reader of formulas would take for one, or what ends the code, stays plain text."""
    return f"`{text}`" if text.strip() and not set(text) & set("`$|\\") else escape_markdown(text)


class PlainWriter(Writer):
    """Writes Markdown with no HTML in it, each member of a chain on a line of its own."""

    def joined(self, chain: Chain, links: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        return links

    def part(self, part: Inline) -> str:
        if isinstance(part, Code) and self.style.ending == "md":
            return code_span(part.text)
        return super().part(part)
