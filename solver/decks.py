"""Document -> slides as text: a reveal.js deck, Markdown for Marp and Quarto, Markdown for pandoc."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from solver.document import Block, Document, Section
from solver.escape import escape_markdown, escape_markdown_first
from solver.mathtex import MathTex
from solver.notes import notes
from solver.pictures import PictureWriter
from solver.plain import PlainWriter
from solver.render import Style
from solver.room import SCALES, Room, scale, scaled, total
from solver.svgtext import svg_label
from solver.transforms import figures_alone, slides, stacked, tables_alone


def escape_html(text: str) -> str:
    """Text that a browser shows as it is."""
    return html.escape(text)


def comment(text: str) -> str:
    """Text inside a comment of HTML, which it cannot end; no dollar opens mathematics."""
    return re.sub(r"--(?=!?>)", "- -", text).replace("$", r"\$")


def spoken(text: str) -> str:
    """Text of a note in Markdown."""
    return escape_markdown_first(escape_markdown(text))


@dataclass(frozen=True, slots=True)
class Deck:
    """A format of slides: its templates, what a slide of it holds, how notes are escaped.

    One with `columns` draws figures itself, others show pictures that lie beside it.
    """

    style: Style
    room: Room
    note: Callable[[str], str]
    columns: bool = False


SIZES = {"": 1.0, "small": 0.85, "scriptsize": 0.7}
"""TeX's sizes of type, as MathJax and KaTeX set them, for slides whose size no style can set."""
SPACED = (0.3, 0.3, 0.5)
"""Rows of space around a display where it is no more than that between paragraphs."""
REVEAL = Deck(
    Style("revealjs", "html", escape_html, "html", label=svg_label),
    Room(60, 60, 13.0, SPACED, below=True),
    escape_html,
    columns=True,
)
MARP = Deck(
    Style("marp", "md", escape_markdown, "markdown", escape_markdown_first),
    Room(64, 66, 12.5, SPACED, below=True),
    comment,
)
PPTX = Deck(
    Style("pptx", "md", escape_markdown, "markdown", escape_markdown_first),
    Room(57, 61, 9.4, SPACED, below=True),
    spoken,
)


def laid_out(document: Document, deck: Deck) -> tuple[Section, ...]:
    """The slides of a document."""
    whole = figures_alone(document) if deck.columns else stacked(tables_alone(document))
    laid = slides(whole, deck.room)
    return tuple(block for block in laid.blocks if isinstance(block, Section))


def fitting(slide: Section, room: Room) -> float:
    """How large a slide is set: 1, or less where it holds a display that cannot be broken into the room it has."""

    def fits(smaller: Room) -> bool:
        return total(slide.blocks, smaller) <= smaller.rows and all(scale(own, smaller) == 1 for own in slide.blocks)

    return next((ratio for ratio in SCALES if fits(scaled(room, ratio))), SCALES[-1])


class DeckWriter(PictureWriter):
    """Writes slides: one idea each, with what the speaker says of its lines."""

    def __init__(self, deck: Deck, math: MathTex) -> None:
        super().__init__(deck.style, math, deck.room)
        self.deck = deck

    def block(self, block: Block) -> str:
        return PlainWriter.block(self, block) if self.deck.columns else super().block(block)

    def document(self, document: Document) -> str:
        """The whole deck; every section of a document laid out on slides is one. `pictures` are its files then."""
        self.folder, self.pictures = document.id, {}
        shown = [self.slide(slide, document.language) for slide in laid_out(document, self.deck)]
        title = self.style.escape(document.title)
        page = self.page.render(title=title, language=document.language, slides=shown)
        return page.strip("\n") + "\n"

    def slide(self, slide: Section, language: str) -> str:
        """One slide; the first ones say what the problem is."""
        said = [self.deck.note(line) for line in notes(slide.blocks, language)]
        opening = slide.key == "statement"
        ratio = fitting(slide, self.deck.room)
        self.room = scaled(self.deck.room, ratio)
        size = next((name for name, least in SIZES.items() if ratio >= least), "tiny")
        shown = self.macros.slide(
            self.inline(slide.title), self.blocks(slide.blocks), said, opening, round(100 * ratio), size
        )
        self.room = self.deck.room
        return str(shown).rstrip("\n")
