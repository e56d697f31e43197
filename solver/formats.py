"""What `--to` can name: the text formats, and those made of them for slides, office programs and other pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from solver import render
from solver.assets import deck_files
from solver.decks import MARP, PPTX, REVEAL, DeckWriter, fitting, laid_out
from solver.document import Document
from solver.escape import escape_markdown, escape_markdown_first
from solver.fragments import page, pieces
from solver.mathtex import MathTex
from solver.notebook import notebook
from solver.pictures import PictureWriter
from solver.render import Format, Output, Style
from solver.steps import readings
from solver.templates import templates

WORD = Style("docx", "md", escape_markdown, "markdown", escape_markdown_first)


def write_revealjs(document: Document, _: object, math: MathTex) -> Output:
    """A deck, and beside it the folder of what it loads, which all decks share."""
    name = f"{document.id}.html"
    return Output({name: DeckWriter(REVEAL, math).document(document), **loaded()}, ((name,),))


@lru_cache(maxsize=1)
def loaded() -> Mapping[str, str | bytes]:
    """The files that decks load."""
    own = {f"assets/{name}": (templates() / "revealjs" / name).read_text("utf-8") for name in ("deck.css", "deck.js")}
    return own | {f"assets/{name}": path.read_bytes() for name, path in deck_files().items()}


def write_marp(document: Document, _: object, math: MathTex) -> Output:
    """Slides in Markdown that Marp and Quarto read, and the pictures that they show."""
    name, writer = f"{document.id}.md", DeckWriter(MARP, math)
    text = writer.document(document)
    return Output({name: text, **writer.pictures}, ((name, *writer.pictures),))


def write_pptx(document: Document, _: object, math: MathTex) -> Output:
    """Slides for PowerPoint."""
    from solver.office import convert

    writer = DeckWriter(PPTX, math)
    text = writer.document(document)
    sizes = tuple(fitting(slide, PPTX.room) for slide in laid_out(document, PPTX))
    made = convert(text, "pptx", document.title, document.language, sizes, writer.pictures)
    return Output({f"{document.id}.pptx": made}, sources=("\n".join((text, *writer.pictures.values())),))


def write_docx(document: Document, _: object, math: MathTex) -> Output:
    """A page for Word."""
    from solver.office import convert

    writer = PictureWriter(WORD, math)
    text = writer.document(document)
    made = convert(text, "docx", document.title, document.language, pictures=writer.pictures)
    return Output({f"{document.id}.docx": made}, sources=("\n".join((text, *writer.pictures.values())),))


def write_ipynb(document: Document, _: object, math: MathTex) -> Output:
    """A notebook, a cell for each section."""
    text = page(document, math)
    return Output({f"{document.id}.ipynb": notebook(text, document.title, document.language)}, sources=(text,))


def write_fragments(document: Document, _: object, math: MathTex) -> Output:
    """The page, its sections and its steps in Markdown for any other page; `solver.embed` reads them."""
    id = document.id
    files = {f"{id}.md": page(document, math)}
    files |= {f"{id}/{name}.md": text for name, text in pieces(document, math).items()}
    parts = (tuple(f"{id}/{name}.md" for name in names) for names in readings(document))
    return Output(files, ((f"{id}.md",), *parts))


FORMATS: Mapping[str, Format] = {
    **render.FORMATS,
    "revealjs": Format("html", write_revealjs, "html"),
    "marp": Format("md", write_marp, "markdown"),
    "pptx": Format("pptx", write_pptx, "markdown"),
    "docx": Format("docx", write_docx, "markdown"),
    "ipynb": Format("ipynb", write_ipynb, "markdown"),
    "fragments": Format("md", write_fragments, "markdown"),
}
"""Each format by its name; `render.FORMATS` are those that templates alone make."""
