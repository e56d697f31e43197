"""Markdown -> .pptx and .docx with native, editable equations, through pandoc; the same bytes from the same text."""

from __future__ import annotations

import base64
import html
import importlib.util
import io
import os
import re
import subprocess
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from solver.diagnostics import SolverError

Target = Literal["pptx", "docx"]
READ = "commonmark+tex_math_dollars+pipe_tables+fenced_divs"
OPTIONS: Mapping[Target, tuple[str, ...]] = {"pptx": ("--slide-level=2",), "docx": ("--shift-heading-level-by=-1",)}
SECONDS = 120
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
BODY = re.compile(r'<p:ph idx="1" />.*?</p:sp>', re.DOTALL)
POINTS = 20
"""The size of the words on a slide."""
TABLE = re.compile(r"<p:graphicFrame>.*?</p:graphicFrame>", re.DOTALL)
BEFORE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main" Requires="a14">'
)
AFTER = "</mc:Choice></mc:AlternateContent>"
"""What PowerPoint wants around a shape with equations in it; pandoc 3.9 leaves it out around tables (issue 9465)."""
EMPTY_TITLE = re.compile(r"<dc:title ?/>|<dc:title></dc:title>")
PICTURE = re.compile(r'(<wp:docPr [^>]*>((?!</wp:inline>).)*?)?descr="(data:image/png;base64,[^"]*)"', re.DOTALL)
ITALIC = re.compile(r'(<tspan[^>]*?) font-style="italic"([^>]*)>([^<]*)')
SLANTED = {
    **{ord("A") + place: 0x1D434 + place for place in range(26)},
    **{ord("a") + place: 0x1D44E + place for place in range(26)},
    ord("h"): 0x210E,
    **{ord("α") + place: 0x1D6FC + place for place in range(25)},
}
"""Italic letters as characters of their own, which stand in one font with all signs; and the Greek ones."""
FONT, ZOOM = re.compile(r' font-family="[^"]*"'), 2
"""The fonts of a drawing on a page, and how much finer than a screen a picture is."""
NO_PICTURES: Mapping[str, str] = {}
EPOCH = "0"
"""The date in a file where SOURCE_DATE_EPOCH names none, so that the same problem gives the same file."""

Changes = Mapping[str, tuple[tuple[str, str], ...]]
MASTER: Changes = {
    "ppt/slideMasters/slideMaster1.xml": (
        ('y="205979"', 'y="160000"'),
        ('cy="857250"', 'cy="700000"'),
        ('y="1200151"', 'y="900000"'),
        ('cy="3394472"', 'cy="3860000"'),
        ('<a:lvl1pPr algn="ctr" defTabSz', '<a:lvl1pPr algn="l" defTabSz'),
        ('sz="3300"', 'sz="2600"'),
        ('sz="2400"', f'sz="{POINTS}00"'),
    ),
}
"""What pandoc's own template looks like with a title and a text that leave room for a derivation."""


class OfficeError(SolverError):
    """A document cannot be made; says what to install or what pandoc said."""


def pandoc() -> Path:
    """The pandoc that the extra `office` installs. Raises OfficeError where it is missing."""
    spec = importlib.util.find_spec("pypandoc")
    for folder in spec.submodule_search_locations or () if spec else ():
        for name in ("pandoc", "pandoc.exe"):
            if (found := Path(folder, "files", name)).is_file():
                return found
    raise OfficeError("pptx and docx need pandoc: pip install 'worked-solver[office]'")


def png(svg: str) -> bytes:
    """A drawing in points of color, in the fonts that matplotlib brings: the same on every machine."""
    fonts = importlib.util.find_spec("matplotlib")
    if fonts is None or importlib.util.find_spec("resvg_py") is None:
        raise OfficeError("pptx and docx need resvg-py for drawings: pip install 'worked-solver[office]'")
    import resvg_py

    font = Path((fonts.submodule_search_locations or [""])[0], "mpl-data", "fonts", "ttf", "STIXGeneral.ttf")
    own = FONT.sub(' font-family="STIXGeneral"', svg)
    own = ITALIC.sub(lambda found: found[1] + found[2] + ">" + found[3].translate(SLANTED), own)
    made = resvg_py.svg_to_bytes(own, zoom=ZOOM, skip_system_fonts=True, font_files=[str(font)], background="white")
    return bytes(made)


def _with_pictures(markdown: str, pictures: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The text with each picture in it, as pandoc's sandbox reads no files; and what each shows, by its data.

    The words are no caption, as pandoc would make of them, but the alternative of the picture.
    """
    said: dict[str, str] = {}
    for name, svg in pictures.items():
        data = f"data:image/png;base64,{base64.b64encode(png(svg)).decode()}"
        words = re.search(r'aria-label="([^"]*)"', svg)
        said[data] = words[1] if words else ""
        markdown = re.sub(rf"!\[[^\n]*\]\({re.escape(name)}\)", f"![]({data})", markdown)
    return markdown, said


def convert(
    markdown: str,
    to: Target,
    title: str,
    language: str,
    sizes: Sequence[float] = (),
    pictures: Mapping[str, str] = NO_PICTURES,
) -> bytes:
    """A page or slides as a file of an office program; each formula becomes one equation of its own.

    Slides begin at headings of the second level; `sizes` says how large each is set, 1 where it is as usual. `pictures`
    are the drawings by the names that the text has for them. Raises
    OfficeError where pandoc is missing or leaves a formula as TeX.
    """
    command = [str(pandoc()), "--sandbox", "--fail-if-warnings", "-f", READ, "-t", to, "-o", "-", *OPTIONS[to]]
    command += ["-M", f"lang={language}"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH", EPOCH)}
    text, said = _with_pictures(markdown, pictures)
    done = subprocess.run(command, input=text.encode(), capture_output=True, env=environment, timeout=SECONDS)
    if done.returncode:
        raise OfficeError(f"pandoc could not write the {to}: {done.stderr.decode(errors='replace').strip()}")
    return _settled(done.stdout, title, sizes, said)


def _settled(data: bytes, title: str, sizes: Sequence[float], said: Mapping[str, str]) -> bytes:
    """The file with its title, words for each picture, equations on the left as on a board, more room on a slide."""
    name = f"<dc:title>{html.escape(title, quote=False)}</dc:title>"
    found = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        count = sum(SLIDE.fullmatch(name) is not None for name in old.namelist())
        sizes = sizes if len(sizes) == count else [min(sizes, default=1.0)] * count
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith(".xml"):
                text = content.decode().replace('<m:jc m:val="center" />', '<m:jc m:val="left" />')
                text = PICTURE.sub(lambda found: _described(found, said), text)
                if entry.filename == "docProps/core.xml":
                    text = EMPTY_TITLE.sub(lambda _: name, text)
                slide = SLIDE.fullmatch(entry.filename)
                if slide and (ratio := sizes[int(slide[1]) - 1]) < 1:
                    style = _smaller(ratio)
                    text = BODY.sub(partial(_styled, style), text)
                text = TABLE.sub(
                    lambda table: f"{BEFORE}{table[0]}{AFTER}" if "<a14:m>" in table[0] else table[0], text
                )
                for before, after in MASTER.get(entry.filename, ()):
                    if before not in text:
                        raise OfficeError(f"this pandoc has another template: {before} is not in {entry.filename}")
                    text = text.replace(before, after)
                content = text.encode()
            new.writestr(zipfile.ZipInfo(entry.filename, entry.date_time), content, zipfile.ZIP_DEFLATED)
    return found.getvalue()


def _described(found: re.Match[str], said: Mapping[str, str]) -> str:
    """The properties of a picture with what it shows in place of its data; in a .docx they stand twice."""
    words = f'descr="{said[found[3]]}"'
    return (found[1] or "").replace('descr=""', words) + words


def _styled(style: str, body: re.Match[str]) -> str:
    return body[0].replace("<a:lstStyle />", style)


def _smaller(ratio: float) -> str:
    """The style of a slide's text in smaller type; its equations take the size too."""
    return f'<a:lstStyle><a:lvl1pPr><a:defRPr sz="{round(ratio * POINTS)}00" /></a:lvl1pPr></a:lstStyle>'
