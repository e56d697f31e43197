"""Pieces of LaTeX and decks: read back like every page, nothing stale left behind."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, ROOT, solved, work_text
from random_specs import specs

from solver.cli import main
from solver.pipeline import printer, read_back, write
from solver.readback.page import mathematics, uncovered

GOOD = ROOT / "problems" / "3-backpropagation" / "network-2-1-1.yaml"
IDS = [path.stem for path in PROBLEMS]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(part) for part in arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\solverline{1}{a} &\solverline{1}{= \frac{1}{2}} \\", r"a &= \frac{1}{2} \\"),
        (r"\uncover<2->{= \{x\}} b", r"= \{x\} b"),
        (r"\solverline{12}{\solverline{3}{a}b}", "ab"),
    ],
)
def test_a_line_is_read_as_it_stands_when_it_has_appeared(written: str, read: str) -> None:
    assert uncovered(written) == read


def test_a_piece_claims_what_the_article_claims() -> None:
    outputs = write(solved("network-2-1-1"), ["latex"]).outputs["latex"]
    article = [
        claim for claim in mathematics(outputs.text, "latex") if getattr(claim, "left", "") == "E" and not claim.cited
    ]
    piece = list(mathematics(str(outputs.files["network-2-1-1/E.tex"]), "latex"))
    assert len(article) == 1
    assert piece == article


@pytest.mark.parametrize("id", IDS)
def test_every_piece_is_read_back(id: str) -> None:
    output = write(solved(id), ["latex"]).outputs["latex"]
    read = {name for names in output.pages for name in names}
    unread = {name for name in output.files if name.endswith(".tex")} - read
    for name in unread:  # a section of sections, each of which is read, or a piece that is read in its section
        text = str(output.files[name])
        lines = set(re.findall(r"\\solverline\{1\}.*", text))
        others = {line for other in read for line in re.findall(r"\\solverline\{1\}.*", str(output.files[other]))}
        assert lines <= others, name


SKIPPED = re.compile(r"\\solver(?:line|lines|tag|reason)\{[0-9]+\}|\{2\}|\\begin\{solver.*")
DISPLAY = re.compile(r"\\begin\{(align\*|alignat\*)\}.*?\\end\{\1\}", re.DOTALL)


@pytest.mark.parametrize("form", ["latex", "beamer"])
def test_a_wrong_digit_on_a_slide_or_in_a_piece_is_noticed(form: str) -> None:
    dice = random.Random(7)
    problems = [solved("network-2-1-1"), *(work_text(spec) for spec in specs(40)[30:34])]
    missed = []
    for _ in range(60):
        worked = dice.choice(problems)
        math = printer(worked.document, worked.solution)
        text = list(write(worked, [form]).outputs[form].written_pages())[-1]
        start, end = dice.choice([match.span() for match in DISPLAY.finditer(text)])
        inside = SKIPPED.sub(lambda match: "\0" * len(match[0]), text[start:end])
        places = [match.start() for match in re.finditer("[0-9]", inside)]
        if not places:
            continue
        place = start + dice.choice(places)
        wrong = text[:place] + dice.choice([d for d in "0123456789" if d != text[place]]) + text[place + 1 :]
        if not read_back(wrong, "latex", worked.solution, math):
            missed.append(text[place - 30 : place + 20])
    assert len(missed) <= 2, missed


def test_what_an_earlier_run_left_is_removed(run, tmp_path: Path) -> None:
    spec, pieces = tmp_path / "p.yaml", tmp_path / "build/latex/p"
    shutil.copy(GOOD, spec)
    run("render", "p.yaml")
    assert (pieces / "unit-h.tex").is_file()
    (pieces / "notes.txt").write_text("mine")
    (pieces / "lecture.tex").write_text("mine")
    spec.write_text(re.sub(r"\bh\b", "g", spec.read_text()).replace("w_h", "w_g"))
    assert run("render", "p.yaml").exit_code == 0
    assert not (pieces / "unit-h.tex").exists()
    assert (pieces / "unit-g.tex").is_file()
    assert (pieces / "notes.txt").is_file()
    assert (pieces / "lecture.tex").read_text() == "mine"
    assert (tmp_path / "build/latex/solver.sty").is_file()


def test_what_another_version_left_is_removed(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is known, though everything is worked again."""
    spec, pieces = tmp_path / "p.yaml", tmp_path / "build/latex/p"
    shutil.copy(GOOD, spec)
    run("render", "p.yaml")
    spec.write_text(re.sub(r"\bh\b", "g", spec.read_text()).replace("w_h", "w_g"))
    monkeypatch.setattr("solver.manifest.__version__", "9.9")
    run("render", "p.yaml", "--to", "markdown")
    assert (pieces / "unit-h.tex").is_file()  # LaTeX was not asked for
    run("render", "p.yaml")
    assert not (pieces / "unit-h.tex").exists()
    assert (pieces / "unit-g.tex").is_file()


@pytest.mark.parametrize("change", ["deleted", "edited"])
def test_a_change_of_a_piece_is_noticed(run, tmp_path: Path, change: str) -> None:
    shutil.copy(GOOD, tmp_path / "p.yaml")
    run("render", "p.yaml")
    piece = tmp_path / "build/latex/p/E.tex"
    before = piece.read_text()
    if change == "deleted":
        piece.unlink()
    else:
        with piece.open("r+") as file:  # in place: the folder does not change
            file.write("edited")
    run("render", "p.yaml")
    assert piece.read_text() == before


def test_a_file_of_the_author_beside_the_pieces_is_no_change(run, tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "p.yaml")
    run("render", "p.yaml")
    page = tmp_path / "build/latex/p.tex"
    (tmp_path / "build/latex/p/mine.tex").write_text("mine")
    written = page.stat().st_mtime_ns
    assert run("render", "p.yaml").stdout == ""
    assert page.stat().st_mtime_ns == written
    assert (tmp_path / "build/latex/p/mine.tex").read_text() == "mine"


def test_a_wrong_problem_leaves_its_pieces_as_they_were(run, tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "p.yaml")
    run("render", "p.yaml")
    before = {path: path.read_bytes() for path in (tmp_path / "build").rglob("*.tex")}
    (tmp_path / "p.yaml").write_text("title: T\n")
    assert run("render", "p.yaml").exit_code == 1
    assert {path: path.read_bytes() for path in (tmp_path / "build").rglob("*.tex")} == before


def test_the_macros_are_shipped() -> None:
    assert 'templates = "solver/templates"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    sty = (ROOT / "templates/latex/solver.sty").read_text(encoding="utf-8")
    assert write(solved("sigmoid"), ["latex"]).outputs["latex"].files["solver.sty"] == sty
