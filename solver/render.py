"""Document -> files: FORMATS, and the walk that calls one template macro a node."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, assert_never

from solver.data import aloud, as_json
from solver.displays import Displayed, condition_tex, derived_display
from solver.document import (
    Block,
    BulletList,
    Chain,
    Code,
    Comparison,
    Condition,
    Document,
    Emphasis,
    Figure,
    Hyperlink,
    Inline,
    Math,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Trail,
)
from solver.drawing import Content, Drawing
from solver.escape import escape_latex, escape_markdown, escape_markdown_first, escape_words
from solver.mathtex import MathTex
from solver.measure import width
from solver.room import (
    GAP,
    LEAST_REASON,
    LETTERS,
    PAGE,
    SLIDE,
    Room,
    beside,
    figure_share,
    fits_beside,
    limit,
    narrow,
    room_of_reasons,
    scale,
    scaled,
    table_width,
    wrapped,
)
from solver.solution import Solution
from solver.steps import Step, readings, sections, steps
from solver.svgtext import svg_label
from solver.templates import environment, templates
from solver.transforms import slides, stands_beside

BREAK = " \\\\\n   &\\quad {}"
GOES_ON = " \\\\\n   & && "
"""A further row of a display, with nothing in it but more of the reason."""
RELATIONS = {"=": "=", "≈": r"\approx", "<": "<", ">": ">", "≤": r"\le", "≥": r"\ge"}
SLASHED = re.compile(r"^\\frac\{((?:\\partial|d) ?[^/]*?)\}\{((?:\\partial|d) ?[^/]*?)\}(?= \\approx| =|$)")
"""A derivative in front of a relation: in a label it stands in one line."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a format makes of one problem: files by their path in the folder of the format, its own page first.

    `pages` says what is read back: each is the files that are one page when they are read one after the other;
    `sources` are pages that are not written themselves, because a file was made of them.
    """

    files: Mapping[str, str | bytes]
    pages: tuple[tuple[str, ...], ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The problem's own page."""
        first = next(iter(self.files.values()))
        return first if isinstance(first, str) else ""

    def written_pages(self) -> Iterator[str]:
        """The texts to be read back, as they are written."""
        yield from self.sources
        for names in self.pages:
            yield "\n".join(str(self.files[name]) for name in names)


@dataclass(frozen=True, slots=True)
class Format:
    """An output format: the ending of its pages, what writes a solution, the markup it is read back from.

    What is `typeset` is a page of LaTeX that becomes a PDF file before it is written.
    """

    ending: str
    write: Callable[[Document, Solution, MathTex], Output]
    read_back: Literal["markdown", "latex", "html"] | None = None
    typeset: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """A text format written through templates: where they are, and how it escapes an author's text.

    `label` writes the words and the TeX of a label in a drawing.
    """

    folder: str
    ending: str
    escape: Callable[[str], str]
    syntax: Literal["markdown", "latex", "html"]
    escape_first: Callable[[str], str] = str
    label: Callable[[str, str], str] = lambda words, tex: latex_label(words, tex)


class Writer:
    """Walks a document and calls the macro of each node; text is escaped here, words and markup are the template's."""

    def __init__(self, style: Style, math: MathTex, room: Room = PAGE) -> None:
        self.macros: Any = environment().get_template(f"{style.folder}/nodes.{style.ending}.j2").module
        self.page = environment().get_template(f"{style.folder}/document.{style.ending}.j2")
        self.style, self.math, self.room = style, math, room

    def document(self, document: Document) -> str:
        title = self.style.escape(document.title)
        return self.page.render(title=title, blocks=self.blocks(document.blocks)).rstrip("\n") + "\n"

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        return [self.block(block).rstrip("\n") for block in blocks]

    def block(self, block: Block) -> str:
        macros = self.macros
        if isinstance(block, Displayed):
            return derived_display(block, macros, self.math, self.reason)
        match block:
            case Section(level, title, blocks, _):
                return str(macros.section(level, self.inline(title), self.blocks(blocks)))
            case Paragraph(parts):
                return str(macros.paragraph(self.opening(parts)))
            case BulletList(items):
                return str(macros.bullet_list([self.opening(item) for item in items]))
            case Chain():
                return str(macros.chain(*self.chain(block)))
            case SideBySide(row):
                return str(macros.side_by_side([self.chain(chain) for chain in row]))
            case Table(header, rows):
                table = [self.inline(cell) for cell in header], [[self.inline(cell) for cell in row] for row in rows]
                if self.style is not ARTICLE:
                    return str(macros.table(*table))
                tall = any(r"\frac" in cell for row in table[1] for cell in row)
                return str(macros.table(*table, table_width(block) > self.room.width, tall))
            case Figure(drawing, alternative):
                return str(macros.figure(*self.drawing(drawing), aloud(alternative)))
            case _:
                assert_never(block)

    def drawing(self, drawing: Drawing) -> tuple[Drawing, list[tuple[str, list[Any]]], list[tuple[str, list[Any]]]]:
        """A drawing with its strokes and its labels by their style, the labels written."""
        strokes: dict[str, list[Any]] = {}
        for stroke in drawing.strokes:
            strokes.setdefault(stroke.style, []).append(stroke)
        labels: dict[str, list[Any]] = {}
        for label in drawing.labels:
            labels.setdefault(label.content.style, []).append((label, self.label(label.content)))
        return drawing, list(strokes.items()), list(labels.items())

    def label(self, content: Content) -> str:
        tex = "" if content.left is None else self.formula(Math(content.left, content.relation, content.right))
        return self.style.label(content.words, SLASHED.sub(r"\1/\2", tex))

    def chain(self, chain: Chain) -> tuple[str, list[tuple[str, Any, str]], int | None]:
        """The chain with its members broken to the room that its left side leaves, its reasons to what they leave."""
        reasons = any(link.reason for link in chain.links)
        least = room_of_reasons(chain, self.room) if reasons and self.room == PAGE else LEAST_REASON
        letters = int(beside(chain, self.room, least) * LETTERS) if reasons else 0
        links: list[tuple[str, Any, str]] = []
        for link in chain.links:
            reason = GOES_ON.join(self.reason(line) for line in wrapped(link.reason, letters))
            rows = self.math.rows(link.member, limit(chain, self.room, least))
            links.append((RELATIONS[link.relation], BREAK.join(rows), reason))
        return self.math.tex(chain.left), self.joined(chain, links) if chain.brief else links, chain.number

    def joined(self, chain: Chain, links: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
        """The members of a chain, as many on a line as it has room for; a line with a reason ends there."""
        room = limit(chain, self.room)
        found: list[tuple[str, str, str]] = []
        used = room
        for (relation, member, reason), link in zip(links, chain.links, strict=True):
            needed = width(link.member) + GAP
            if found and not found[-1][2] and used + needed <= room and BREAK not in member:
                found[-1] = (found[-1][0], f"{found[-1][1]} {relation} {member}", reason)
                used += needed
            else:
                found.append((relation, member, reason))
                used = needed if BREAK not in member else room
        return found

    def reason(self, parts: Sequence[Inline]) -> str:
        """A reason beside a line of mathematics: its words are text inside the formula."""
        shown = []
        for part in parts:
            match part:
                case Math() | Condition():
                    shown.append(self.formula(part))
                case Comparison():
                    compared = self.comparison(part)  # in braces a minus after a word is a sign
                    shown.append(f"{{{compared}}}" if compared.startswith("-") else compared)
                case Strong(inner) | Emphasis(inner):
                    shown.append(self.reason(inner))
                case Text(text) | Code(text) | Hyperlink(text):
                    shown.append(escape_words(text))
                case Trail():
                    shown.append(self.trail(part))
                case _:
                    assert_never(part)
        return "".join(shown)

    def opening(self, parts: Sequence[Inline]) -> str:
        """Running text at the start of a line, where a format may read more into a character."""
        shown = self.inline(parts)
        return self.style.escape_first(shown) if parts and isinstance(parts[0], Text) else shown

    def inline(self, parts: Sequence[Inline]) -> str:
        return "".join(self.part(part) for part in parts)

    def part(self, part: Inline) -> str:
        macros = self.macros
        match part:
            case Text(text):
                return self.style.escape(text)
            case Strong(inner):
                return str(macros.strong(self.inline(inner)))
            case Emphasis(inner):
                return str(macros.emphasis(self.inline(inner)))
            case Code(text):
                return str(macros.code(self.style.escape(text)))
            case Hyperlink(address):
                return str(macros.hyperlink(address, self.style.escape(address)))
            case Math() | Condition():
                return str(macros.math(self.formula(part)))
            case Comparison():
                return str(macros.math(self.comparison(part)))
            case Trail():
                return str(macros.math(self.trail(part)))
            case _:
                assert_never(part)

    def formula(self, math: Math | Condition) -> str:
        if isinstance(math, Condition):
            return condition_tex(math, self.math)
        left = self.math.tex(math.left)
        if math.relation is None or math.right is None:
            return left
        members = ((math.relation, math.right), *math.further)
        return left + "".join(f" {RELATIONS[relation]} {self.math.tex(member)}" for relation, member in members)

    def comparison(self, comparison: Comparison) -> str:
        first, *rest = (self.math.tex(member) for member in comparison.members)
        signs = (RELATIONS[relation] for relation in comparison.relations)
        return "".join((first, *(f" {sign} {member}" for sign, member in zip(signs, rest, strict=True))))

    def trail(self, trail: Trail) -> str:
        return r" \to ".join(self.math.name(name) for name in trail.names)


class PieceWriter(Writer):
    """Writes for slides and for other people's documents, by the macros of solver.sty: every row is a line of its own.

    Rows are broken to the width of a slide; a reason stands beside its line in the room that the lines leave.
    """

    def __init__(self, style: Style, math: MathTex) -> None:
        super().__init__(style, math, SLIDE)
        self.whole = SLIDE
        self.shown: dict[tuple[int, int], tuple[Block, str]] = {}

    def block(self, block: Block) -> str:
        """The block, set smaller where there is no room for it; what stands in several pieces is written once."""
        match block:
            case Section(level, title, (*work, Figure() as figure)) if self.stands_beside(work, figure):
                self.whole = narrow(SLIDE)
                columns = self.blocks(work), super().block(figure)
                self.whole = SLIDE
                return str(self.macros.beside(level, self.inline(title), *columns))
            case Section():
                return super().block(block)
        key = id(block), self.whole.width
        if key not in self.shown:
            ratio = scale(block, self.whole)
            self.room = scaled(self.whole, ratio)
            shown = super().block(block)
            if isinstance(block, Figure):
                shown = str(self.macros.sized(f"{figure_share(block, self.whole):.2f}", shown))
            elif ratio < 1:
                shown = str(self.macros.smaller(f"{ratio:.2f}", shown))
            self.shown[key] = block, shown
        return self.shown[key][1]

    def chain(self, chain: Chain) -> tuple[str, list[tuple[str, Any, str]], int | None]:
        links: list[tuple[str, Any, str]] = []
        for link in chain.links:
            rows = self.math.rows(link.member, limit(chain, self.room))
            links.append((RELATIONS[link.relation], rows, self.reason_beside(chain, self.inline(link.reason))))
        return self.math.tex(chain.left), links, chain.number

    def stands_beside(self, work: Sequence[Block], figure: Figure) -> bool:
        return self.style is DECK and bool(work) and fits_beside(figure, SLIDE) and stands_beside(work, SLIDE)

    def reason_beside(self, chain: Chain, reason: str) -> str:
        return str(self.macros.reason(beside(chain, self.room), reason)) if reason else ""

    def piece(self, step: Step) -> str:
        """A section or a step as a file of its own; a section tells its title in a comment."""
        title = "" if step.section else self.inline(step.title)
        return str(self.page.render(title=title, blocks=self.blocks(step.blocks))).strip("\n") + "\n"


def through(style: Style) -> Format:
    """The format that writes a document with the templates of a style, one file a problem."""

    def write(document: Document, _: object, math: MathTex) -> Output:
        name = f"{document.id}.{style.ending}"
        return Output({name: Writer(style, math).document(document)}, ((name,),))

    return Format(style.ending, write, style.syntax)


def write_latex(document: Document, _: object, math: MathTex) -> Output:
    """The article, and beside it every section and every step as a file of its own, with solver.sty."""
    id = document.id
    files = {f"{id}.tex": Writer(ARTICLE, math).document(document)}
    writer = PieceWriter(PIECE, math)
    files |= {f"{id}/{step.name}.tex": writer.piece(step) for step in (*sections(document), *steps(document))}
    files["solver.sty"] = macros()
    pages = (tuple(f"{id}/{name}.tex" for name in names) for names in readings(document))
    return Output(files, ((f"{id}.tex",), *pages))


def write_beamer(document: Document, _: object, math: MathTex) -> Output:
    """A deck of slides, the same deck as a handout, and solver.sty."""
    deck, handout = f"{document.id}.tex", f"{document.id}-handout.tex"
    text = PieceWriter(DECK, math).document(slides(document))
    files = {deck: text, handout: HANDOUT.format(deck=document.id), "solver.sty": macros()}
    return Output(files, ((deck,),))


HANDOUT = "\\PassOptionsToClass{{handout}}{{beamer}}\n\\input{{{deck}}}\n"


@lru_cache(maxsize=1)
def macros() -> str:
    """solver.sty, which the pieces need."""
    return (templates() / "latex" / "solver.sty").read_text(encoding="utf-8")


ARTICLE = Style("latex", "tex", escape_latex, "latex")
PIECE = Style("fragment", "tex", escape_latex, "latex")
DECK = Style("beamer", "tex", escape_latex, "latex")


def latex_label(words: str, tex: str) -> str:
    """What stands inside the node of a label."""
    return escape_latex(words) + (f"${tex}$" if tex else "")


FORMATS: Mapping[str, Format] = {
    "markdown": through(Style("markdown", "md", escape_markdown, "markdown", escape_markdown_first, svg_label)),
    "latex": Format("tex", write_latex, "latex"),
    "json": Format("json", lambda document, solution, _: Output({f"{document.id}.json": as_json(document, solution)})),
    "beamer": Format("tex", write_beamer, "latex"),
    "pdf": Format("pdf", through(ARTICLE).write, "latex", typeset=True),
    "book": Format("tex", through(Style("chapter", "tex", escape_latex, "latex")).write, "latex", typeset=True),
}
"""What `--to` can name (`book` as `--book`: parts that are typeset as one). A new format is two templates and a row."""


def book(chapters: Mapping[str, Sequence[str]]) -> str:
    """The LaTeX of one document with contents; `chapters` names the files of its problems by the chapter's title."""
    titled = [(escape_latex(title), names) for title, names in chapters.items()]
    return str(environment().get_template("latex/book.tex.j2").render(chapters=titled))
