"""The table of formats: each is written, read back, documented; fragments and notebooks say what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import PROBLEMS, ROOT, solved, work_text
from markdown_it import MarkdownIt
from test_render import HARD, MAZUR, ZOO

from solver.cli import FORMAT_NAMES
from solver.document import chains
from solver.formats import FORMATS
from solver.fragments import pieces
from solver.mathtex import MathTex
from solver.pipeline import printer, read_back, write
from solver.steps import sections, steps

IDS = [path.stem for path in PROBLEMS]
COMMANDS = (ROOT / "site/docs/commands.md").read_text(encoding="utf-8")


def test_every_format_can_be_named_and_is_documented() -> None:
    assert set(FORMAT_NAMES) == set(FORMATS) - {"book"}
    for name in FORMAT_NAMES:
        assert f"`{name}`" in COMMANDS, name


@pytest.mark.parametrize(
    ("form", "ending"), [("revealjs", "html"), ("marp", "md"), ("pptx", "md"), ("docx", "md"), ("fragments", "md")]
)
def test_every_node_in_every_format(form: str, ending: str, golden) -> None:
    output = FORMATS[form].write(ZOO, solved("sigmoid").solution, MathTex(ZOO.notation))
    golden(f"zoo.{form}.{ending}", output.sources[0] if output.sources else output.text)


@pytest.mark.parametrize("form", ["revealjs", "marp", "pptx", "docx", "ipynb", "fragments"])
def test_a_false_line_is_found_in_every_format(form: str) -> None:
    """The written text is read back: with one digit of a result changed, the reader must say so."""
    worked = solved("network-2-1-1")
    output = write(worked, [form]).outputs[form]
    math = printer(worked.document, worked.solution)
    for text in output.written_pages():
        assert read_back(text, FORMATS[form].read_back, worked.solution, math) == ()
        false = text.replace("= 0.355\n", "= 0.356\n", 1)
        assert false != text
        assert read_back(false, FORMATS[form].read_back, worked.solution, math)


@pytest.mark.parametrize("id", [*IDS, "mazur"])
def test_there_is_a_fragment_for_every_section_and_every_step(id: str) -> None:
    worked = work_text(MAZUR, id) if id == "mazur" else solved(id)
    output = write(worked, ["fragments"]).outputs["fragments"]
    names = [step.name for step in (*sections(worked.document), *steps(worked.document))]
    assert set(output.files) == {f"{id}.md", *(f"{id}/{name}.md" for name in names)}
    assert len(steps(worked.document)) == len(list(chains(worked.document.blocks)))
    for name, text in output.files.items():
        assert isinstance(text, str)
        tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
        assert not [token for token in tokens if token.type == "html_block"], name
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_a_section_has_its_heading_and_a_step_has_none() -> None:
    worked = solved("network-2-1-1")
    found = pieces(worked.document, printer(worked.document, worked.solution))
    assert found["update-w_h"].startswith("## New value of $w_h$\n\n")
    assert found["forward"].startswith("## Forward pass\n\n### Unit $h$\n\n")
    assert found["h_in"].startswith("$$\n")
    assert found["w_h_new"].startswith("The new value is\n\n$$\n")


@pytest.mark.parametrize("id", IDS)
def test_the_notebook_is_valid_and_holds_the_whole_page(id: str) -> None:
    nbformat = pytest.importorskip("nbformat")
    output = write(solved(id), ["ipynb"]).outputs["ipynb"]
    text = output.files[f"{id}.ipynb"]
    book = nbformat.reads(text, as_version=4)
    nbformat.validate(book)
    assert "\n\n".join(cell.source for cell in book.cells) + "\n" == output.sources[0]
    assert all(re.match("#{1,6} ", cell.source) for cell in book.cells)
    assert len({cell.id for cell in book.cells}) == len(book.cells)
    assert json.loads(text)["metadata"]["title"] == solved(id).document.title


def test_a_strangers_text_is_text_in_fragments(tmp_path: Path) -> None:
    statement = HARD.replace("{", "{{").replace("}", "}}")
    worked = work_text(f"title: '{HARD}'\nstatement: '{statement}'\ngiven: {{w: 1}}\ndefine: {{a: 2*w}}\n")
    written = write(worked, ["fragments"])
    assert not written.diagnostics
    shown = MarkdownIt("commonmark").render(written.outputs["fragments"].files["problem.md"])
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "href" not in shown


def test_the_extension_embeds_what_is_written(tmp_path: Path) -> None:
    markdown = pytest.importorskip("markdown")
    output = write(solved("network-2-1-1"), ["fragments"]).outputs["fragments"]
    for name, text in output.files.items():
        (tmp_path / "fragments" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fragments" / name).write_text(text, encoding="utf-8")
    names = ["", *(f" step={Path(name).stem}" for name in output.files if "/" in name)]
    page = "# Lecture\n\n" + "\n\n".join(f"::: solver network-2-1-1{name}" for name in names)
    shown = markdown.markdown(
        page, extensions=["tables", "solver.embed"], extension_configs={"solver.embed": {"build": str(tmp_path)}}
    )
    assert "solver-error" not in shown
    asked = sum(len(re.findall(r"\$\$.+?\$\$|(?<!\\)\$[^$]+?\$", text, re.DOTALL)) for text in output.files.values())
    assert shown.count('class="arithmatex"') == asked
    assert "$" not in shown
