"""Files for office programs: read as XML, drawn from that XML by a browser, written twice."""

from __future__ import annotations

import html
import io
import os
import re
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, solved, work_text
from office_pages import M, boxes, drawn, equations, mathml, parts, slides, speaker_notes, words
from test_render import HARD, MAZUR

from solver import office
from solver.cli import main
from solver.pipeline import write

IDS = [path.stem for path in PROBLEMS]
FORMULA = re.compile(r"\$\$.+?\$\$|(?<!\\)\$[^$]+?\$", re.DOTALL)


def made(id: str, form: str):
    """The file and the Markdown it was made of."""
    output = write(work_text(MAZUR, "mazur") if id == "mazur" else solved(id), [form]).outputs[form]
    return next(iter(output.files.values())), output.sources[0]


@pytest.mark.parametrize("id", [*IDS, "mazur"])
def test_every_formula_of_the_slides_is_an_equation(id: str) -> None:
    data, source = made(id, "pptx")
    pages = slides(data)
    assert len(pages) == source.count("\n## ") + 1
    assert sum(len(equations(page)) for page in pages) == len(FORMULA.findall(source)) > 0
    for page in (*pages, *parts(data, r"ppt/notesSlides/.*\.xml")):
        assert "$" not in "".join(ElementTree.fromstring(page).itertext())
        assert "\\" not in "".join(ElementTree.fromstring(page).itertext())


@pytest.mark.parametrize("id", [*IDS, "mazur"])
def test_every_formula_of_the_page_is_an_equation(id: str) -> None:
    data, source = made(id, "docx")
    (page,) = parts(data, r"word/document\.xml")
    assert len(equations(page)) == len(FORMULA.findall(source)) > 0
    assert "$" not in "".join(ElementTree.fromstring(page).itertext())


def test_the_equations_say_what_the_page_says() -> None:
    """pandoc's reader of Office mathematics finds the numbers and the number of the equation again."""
    data, _ = made("network-2-1-1", "pptx")
    read = [
        re.sub("<.*?>", "", formula) for formula in mathml([own for page in slides(data) for own in equations(page)])
    ]
    assert any("0.25⋅0.5" in formula and "0.355" in formula for formula in read)
    assert any("(1)" in formula for formula in read)
    assert not any("tag" in formula for formula in read)


@pytest.mark.parametrize("form", ["pptx", "docx"])
def test_every_part_is_well_formed_and_declares_its_names(form: str) -> None:
    data, _ = made("network-2-1-1", form)
    for part in parts(data, r".*\.(?:xml|rels)"):
        ElementTree.fromstring(part)
    if form == "pptx":  # a shape with equations says which names it needs, tables too
        for page in slides(data):
            for place in re.finditer("<a14:m>", page):
                before = page[: place.start()]
                assert before.rfind('Requires="a14"') > before.rfind("</mc:AlternateContent>")


def test_other_programs_libraries_open_the_files() -> None:
    docx, pptx = pytest.importorskip("docx"), pytest.importorskip("pptx")
    deck = pptx.Presentation(io.BytesIO(made("network-2-1-1", "pptx")[0]))
    assert deck.core_properties.title == "One step of backpropagation in a 2-1-1 network"
    assert (deck.slide_width, deck.slide_height) == (9144000, 5143500)
    page = docx.Document(io.BytesIO(made("network-2-1-1", "docx")[0]))
    assert page.paragraphs[0].text == "One step of backpropagation in a 2-1-1 network"
    assert [len(table.rows) for table in page.tables] == [4]


@pytest.mark.parametrize("id", [*IDS, "mazur"])
def test_nothing_runs_over_the_edge_of_a_slide(browser, tmp_path: Path, id: str) -> None:
    (tmp_path / "slides.html").write_text(drawn(made(id, "pptx")[0]), encoding="utf-8")
    page = browser.new_page(viewport={"width": 960, "height": 540})
    page.goto(f"file://{tmp_path}/slides.html")
    seen = page.evaluate("""() => [...document.querySelectorAll('section')].map(slide => {
        const edge = slide.getBoundingClientRect();
        const nodes = [...slide.querySelectorAll('p, td, math, math *')].map(node => node.getBoundingClientRect());
        const text = [...slide.querySelectorAll('.body')].map(body => body.scrollHeight - body.clientHeight);
        return {across: Math.max(...nodes.map(node => node.right)) - edge.right,
                down: Math.max(...nodes.map(node => node.bottom)) - edge.bottom, box: Math.max(0, ...text)};
    })""")
    for number, slide in enumerate(seen, start=1):
        assert slide["across"] <= 0, (number, slide)
        assert slide["down"] <= 0, (number, slide)
        assert slide["box"] <= 2, (number, slide)
    page.close()


def test_the_text_of_a_slide_can_be_read_from_the_last_row() -> None:
    found = boxes(made("sigmoid", "pptx")[0])
    assert found["body"].size >= 20
    assert found["title"].size > found["body"].size


def test_the_speaker_is_told_the_reasons() -> None:
    said = " ".join(speaker_notes(made("sigmoid", "pptx")[0]))
    for reason in ("quotient rule", "add and subtract 1", "since 1/(1 + exp(-x)) is f(x)"):
        assert reason in said


@pytest.mark.parametrize("form", ["pptx", "docx"])
def test_a_strangers_text_is_text(form: str) -> None:
    statement = HARD.replace("{", "{{").replace("}", "}}") + " 5$ `x$y`"
    worked = work_text(f"title: '{HARD}'\nstatement: '{statement}'\ngiven: {{w: 1}}\ndefine: {{a: 2*w}}\n")
    data = next(iter(write(worked, [form]).outputs[form].files.values()))
    shown = " ".join(words(page) for page in parts(data, r"(?:ppt/slides/slide\d+|word/document)\.xml"))
    for text in (r"\input{x}", "<script>alert(1)</script>", "[x](javascript:y)", "{{ 7*7 }}", "<% x %>", "$c$", "5$"):
        assert "".join(text.split()) in "".join(shown.split()), text


@pytest.mark.parametrize("form", ["pptx", "docx", "ipynb"])
def test_the_same_problem_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    (spec,) = (path for path in PROBLEMS if path.stem == "sigmoid")
    found = []
    for zone in ("UTC", "Asia/Tokyo"):
        environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": str(len(zone))}
        output = tmp_path / zone.replace("/", "-")
        subprocess.run(
            [sys.executable, "-m", "solver", "render", str(spec), "--to", form, "-o", str(output)],
            check=True,
            env=environment,
            capture_output=True,
        )
        found.append((output / form / f"sigmoid.{form}").read_bytes())
        time.sleep(2.1)  # dates in a .zip file count in steps of two seconds
    assert found[0] == found[1]


def test_what_to_install_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (spec,) = (path for path in PROBLEMS if path.stem == "sigmoid")
    for form, message in (
        ("pptx", "pip install 'worked-solver[office]'"),
        ("docx", "pip install 'worked-solver[office]'"),
        ("revealjs", "pip install 'worked-solver[slides]'"),
    ):
        result = CliRunner().invoke(main, ["render", str(spec), "--to", form, "-o", str(tmp_path / "out")])
        assert result.exit_code == 2
        assert message in result.stderr
        assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_formula_that_pandoc_cannot_turn_is_an_error() -> None:
    with pytest.raises(office.OfficeError, match="pandoc could not write the docx"):
        office.convert("$\\nonsense{x}$\n", "docx", "T", "en")


def test_the_mathematics_of_office_has_a_namespace() -> None:
    assert M.startswith("{http://schemas.openxmlformats.org/officeDocument")


@pytest.mark.parametrize("form", ["pptx", "docx"])
@pytest.mark.parametrize("id", ["network-2-1-1", "gaussian", "network-2-2-2-10000-updates"])
def test_figures_are_pictures_with_words_for_who_cannot_see_them(id: str, form: str) -> None:
    data, source = made(id, form)
    drawn = source.count("<svg ")
    assert drawn > 0
    pages = slides(data) if form == "pptx" else parts(data, r"word/document\.xml")
    pictures = [picture for page in pages for picture in re.findall(r"<pic:pic.*?</pic:pic>|<p:pic>.*?</p:pic>", page)]
    assert len(pictures) == drawn
    told = re.findall(r'aria-label="([^"]*)"', source)
    assert sorted(re.search(r'descr="([^"]*)"', picture)[1] for picture in pictures) == sorted(told)
    assert not any("data:image" in page for page in pages)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        images = [archive.read(name) for name in archive.namelist() if "/media/" in name]
    assert images
    for image in images:
        wide, high = struct.unpack(">II", image[16:24])
        assert image.startswith(b"\x89PNG")
        assert wide > 400
        assert high > 200


def test_a_picture_stays_inside_its_slide() -> None:
    for page in slides(made("network-2-2-2-10000-updates", "pptx")[0]):
        for x, y, wide, high in re.findall(
            r'<p:pic>.*?<a:off x="(\d+)" y="(\d+)" />\s*<a:ext cx="(\d+)" cy="(\d+)" />', page, re.DOTALL
        ):
            assert int(x) + int(wide) <= 9144000
            assert int(y) + int(high) <= 5143500


def test_every_letter_of_a_drawing_is_in_its_font() -> None:
    """A letter that the font does not have would be left out of the picture without a word."""
    from fontTools.ttLib import TTFont
    from matplotlib import get_data_path

    known = set(TTFont(Path(get_data_path(), "fonts/ttf/STIXGeneral.ttf")).getBestCmap())
    missing = set()
    for id in IDS:
        for drawing in re.findall(
            r"<svg .*?</svg>", "".join(write(solved(id), ["marp"]).outputs["marp"].written_pages()), re.DOTALL
        ):
            letters = html.unescape("".join(re.findall(r">([^<]*)<", drawing)))
            missing |= {
                letter
                for letter in letters.translate(office.SLANTED) + letters
                if ord(letter) not in known and not letter.isspace()
            }
    assert missing == set()
