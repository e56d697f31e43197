"""Figure -> a picture as a file of its own, for formats that cannot draw: SVG, written from the page's own template."""

from __future__ import annotations

import re
from collections.abc import Mapping

from solver.data import plain
from solver.document import Block, Document, Figure
from solver.escape import escape_markdown
from solver.mathtex import MathTex
from solver.plain import PlainWriter
from solver.render import Style, Writer
from solver.room import PAGE, Room
from solver.svgtext import svg_label

DRAWN = Style("markdown", "md", escape_markdown, "markdown", label=svg_label)
SIZED = re.compile(r'(?<=viewBox="0 0 )(\d+) (\d+)" width="\d+"')
STYLED = re.compile(r' style="[^"]*"')
WIDEST, HIGHEST, LARGEST = 1120, 500, 1.6
"""Pixels of a slide that a picture may take, and how much larger than on a page it may become."""


def picture(figure: Figure, math: MathTex) -> str:
    """The SVG of a drawing, as large as a slide has room for."""
    page = Writer(DRAWN, math).block(figure)
    drawn = page[page.index("<svg ") : page.index("</svg>") + len("</svg>")]

    def sized(found: re.Match[str]) -> str:
        width, height = int(found[1]), int(found[2])
        ratio = min(WIDEST / width, HIGHEST / height, LARGEST)
        return f'{width} {height}" width="{round(width * ratio)}" height="{round(height * ratio)}"'

    return SIZED.sub(sized, STYLED.sub("", drawn, 1), 1) + "\n"


class PictureWriter(PlainWriter):
    """Writes Markdown whose figures are files beside it, in a folder named after the problem.

    `pictures` are those of the document written last; each has words for who cannot see it.
    """

    def __init__(self, style: Style, math: MathTex, room: Room = PAGE) -> None:
        super().__init__(style, math, room)
        self.pictures: Mapping[str, str] = {}
        self.folder = ""

    def document(self, document: Document) -> str:
        self.pictures, self.folder = {}, document.id
        return super().document(document)

    def block(self, block: Block) -> str:
        if not isinstance(block, Figure):
            return super().block(block)
        name = f"{self.folder}/figure-{len(self.pictures) + 1}.svg"
        self.pictures = {**self.pictures, name: picture(block, self.math)}
        return f"![{self.style.escape(plain(block.alternative))}]({name})"
