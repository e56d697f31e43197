"""An independent look at .pptx and .docx files: what their XML says, and slides drawn by a browser from it.

LibreOffice 7.4 leaves the equations of a .pptx out, so the slides are drawn here: boxes and sizes from the file, each
equation turned from Office's mathematics into MathML by pandoc's reader of .docx.
"""

from __future__ import annotations

import html
import io
import re
import subprocess
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from solver.office import pandoc

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
A14 = "{http://schemas.microsoft.com/office/drawing/2010/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
POINT = 12700
ElementTree.register_namespace("m", M[1:-1])  # pandoc knows the elements of a .docx by this prefix
"""English metric units in a point."""


def parts(data: bytes, pattern: str) -> list[str]:
    """The XML of the parts whose names match, in the order of their numbers."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(pattern, name)]
        names.sort(key=lambda name: [int(number) for number in re.findall(r"\d+", name)])
        return [archive.read(name).decode("utf-8") for name in names]


def slides(data: bytes) -> list[str]:
    return parts(data, r"ppt/slides/slide\d+\.xml")


def speaker_notes(data: bytes) -> list[str]:
    return [words(xml) for xml in parts(data, r"ppt/notesSlides/notesSlide\d+\.xml")]


def equations(xml: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(xml).iter(f"{M}oMath"))


def words(xml: str) -> str:
    """All text of a part, its formulas left out."""
    root = ElementTree.fromstring(xml)
    return " ".join(
        "".join(node.itertext()) for node in root.iter() if node.tag.endswith("}t") and not node.tag.startswith(M)
    )


def mathml(found: list[ElementTree.Element]) -> list[str]:
    """Each equation as MathML, read by pandoc from a .docx that holds nothing else."""
    body = "".join(
        f"<w:p><m:oMathPara>{ElementTree.tostring(equation, encoding='unicode')}</m:oMathPara></w:p>"
        for equation in found
    )
    document = (
        '<?xml version="1.0" encoding="UTF-8"?><w:document'
        ' xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        f' xmlns:m="{M[1:-1]}"><w:body>{body}</w:body></w:document>'
    )
    empty = subprocess.run(
        [str(pandoc()), "-f", "markdown", "-t", "docx", "-o", "-"], input=b"x", capture_output=True, check=True
    )
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(empty.stdout)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
    command = [str(pandoc()), "-f", "docx", "-t", "html", "--mathml"]
    page = subprocess.run(command, input=made.getvalue(), capture_output=True, check=True).stdout.decode()
    formulas = re.findall(r"<math.*?</math>", page, re.DOTALL)
    assert len(formulas) == len(found)
    return formulas


@dataclass(frozen=True)
class Box:
    """Where a text of a slide stands, in points, and how large its letters are."""

    left: float
    top: float
    width: float
    height: float
    size: float


def boxes(data: bytes) -> dict[str, Box]:
    """The boxes of the title and of the text, from the slide master."""
    (xml,) = parts(data, r"ppt/slideMasters/slideMaster1\.xml")
    root = ElementTree.fromstring(xml)
    found = {}
    for shape in root.iter(f"{P}sp"):
        kind = shape.find(f".//{P}ph").get("type")
        if kind in ("title", "body"):
            off, ext = shape.find(f".//{A}off"), shape.find(f".//{A}ext")
            style = root.find(f".//{P}{kind}Style/{A}lvl1pPr/{A}defRPr")
            numbers = (off.get("x"), off.get("y"), ext.get("cx"), ext.get("cy"))
            found[kind] = Box(*(int(number) / POINT for number in numbers), int(style.get("sz")) / 100)
    return found


def drawn(data: bytes) -> str:
    """The slides as a page of HTML, each a `section` of 720 by 405 points."""
    frames = boxes(data)
    pages = slides(data)
    shown = iter(mathml([equation for xml in pages for equation in equations(xml)]))
    sections = "".join(f"<section>{_slide(xml, frames, shown)}</section>" for xml in pages)
    style = (
        "body{margin:0} section{position:relative;width:720pt;height:405pt;overflow:hidden;border-bottom:1px solid}"
        "div{position:absolute;box-sizing:border-box;padding:3.6pt 7.2pt;font-family:Carlito,'DejaVu Sans Condensed',sans-serif}"
        "p{margin:.2em 0;line-height:1.2} math{font-size:100%} math[display=block]{display:block math;text-align:left}"
        "math{white-space:nowrap} mtd{math-style:normal} td{padding:.2em 1em .2em 0}"
    )
    return f"<!doctype html><meta charset='utf-8'><style>{style}</style>{sections}"


def _slide(xml: str, frames: dict[str, Box], shown) -> str:
    pieces = []
    root = ElementTree.fromstring(xml)
    for shape in root.iter():
        if shape.tag == f"{P}sp":
            kind = "title" if "itle" in (shape.find(f".//{P}ph").get("type") or "") else "body"
            box = frames[kind]
            own = shape.find(f".//{A}lstStyle/{A}lvl1pPr/{A}defRPr")
            size = box.size if own is None else int(own.get("sz")) / 100
            inside = "".join(f"<p>{_paragraph(p, shown)}</p>" for p in shape.iter(f"{A}p"))
            pieces.append(
                f'<div class="{kind}" style="left:{box.left}pt;top:{box.top}pt;width:{box.width}pt;'
                f'height:{box.height}pt;font-size:{size}pt">{inside}</div>'
            )
        elif shape.tag == f"{P}graphicFrame":
            off = shape.find(f"{P}xfrm/{A}off")
            rows = [
                "".join(f"<td>{_paragraph(cell.find(f'.//{A}p'), shown)}</td>" for cell in row.iter(f"{A}tc"))
                for row in shape.iter(f"{A}tr")
            ]
            table = "".join(f"<tr>{row}</tr>" for row in rows)
            left, top = (int(off.get(key)) / POINT for key in "xy")
            pieces.append(
                f'<div class="table" style="left:{left}pt;top:{top}pt;font-size:18pt"><table>{table}</table></div>'
            )
    return "".join(pieces)


def _paragraph(paragraph: ElementTree.Element, shown) -> str:
    found = []
    for node in paragraph:
        if node.tag == f"{A}r":
            found.append(html.escape("".join(node.itertext())))
        elif node.tag == f"{A14}m":
            is_display = node.find(f"{M}oMathPara") is not None
            formula = next(shown)
            found.append(formula if is_display else formula.replace('display="block"', 'display="inline"'))
    return "".join(found)
