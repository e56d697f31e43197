"""Articles, decks, handouts and pieces through pdflatex: no error, nothing over the edge, lines one by one."""

from __future__ import annotations

import errno
import os
import random
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest
from conftest import PROBLEMS, ROOT, needs, solved, work_text
from random_specs import specs

from solver.pipeline import Worked, Written, write
from solver.steps import sections, steps

OVERFULL = re.compile(r"Overfull \\[hv]box \(([0-9.]+)pt too (?:wide|high)\).*")
IDS = [path.stem for path in PROBLEMS]
RANDOM = random.Random(11).sample(specs(500), 12)
DOCUMENTS = ("article", "deck", "handout", "pieces in an article", "pieces in a deck")


@cache
def written(id: str) -> tuple[Worked, Written]:
    worked = work_text(RANDOM[int(id)], "p") if id.isdigit() else solved(id)
    made = write(worked, ["latex", "beamer"])
    assert not made.diagnostics, made.diagnostics
    return worked, made


def latex_files(id: str, document: str) -> tuple[dict[str, str], str]:
    """The files of a document and the one to compile."""
    worked, made = written(id)
    own = worked.document.id
    if document in ("deck", "handout"):
        return dict(made.outputs["beamer"].files), f"{own}{'-handout' if document == 'handout' else ''}.tex"
    files = dict(made.outputs["latex"].files)
    if document == "article":
        return files, f"{own}.tex"
    pieces = [step.name for step in (*sections(worked.document), *steps(worked.document))]
    if document.endswith("deck"):
        parts = [step.name for step in steps(worked.document)]
        body = "\n".join(
            f"\\begin{{frame}}{{{n}}}\\solverinput{{{own}}}{{{name}}}\\end{{frame}}" for n, name in enumerate(parts)
        )
        kind = "\\documentclass[handout,aspectratio=169]{beamer}"
    else:
        body = "\n".join(f"\\solverinput{{{own}}}{{{name}}}\n\n" for name in pieces)
        kind = "\\documentclass[11pt,a4paper]{article}\\usepackage[margin=25mm]{geometry}"
    source = f"{kind}\\usepackage[T1]{{fontenc}}\\usepackage{{lmodern}}\\usepackage{{solver}}\\begin{{document}}{body}\\end{{document}}"
    return files | {"main.tex": source}, "main.tex"


def pdflatex(folder: Path, main: str) -> str:
    """The log of a compilation; no error in it."""
    command = [
        needs("pdflatex", "texlive-latex-recommended"),
        "-no-shell-escape",
        "-halt-on-error",
        "-interaction=batchmode",
        main,
    ]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    except OSError as error:  # seen once in 2,000 starts from threads: the system could not start the program
        if error.errno != errno.EFAULT:
            raise
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    log = (folder / main).with_suffix(".log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-3000:]
    return log


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def logs(tmp_path_factory) -> Iterator[dict[tuple[str, str], Future[str]]]:
    """The logs of all documents, as many compiled at once as there are processors."""
    needs("pdflatex", "texlive-latex-recommended")

    def compiled(id: str, document: str) -> str:
        folder = tmp_path_factory.mktemp("slides")
        files, main = latex_files(id, document)
        lay(folder, files)
        return pdflatex(folder, main)

    wanted = [(id, document) for id in IDS for document in DOCUMENTS]
    wanted += [(str(n), "handout") for n in range(len(RANDOM))]
    for id, _ in wanted:
        written(id)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {key: pool.submit(compiled, *key) for key in wanted}


def over_the_edge(log: str, vertical: bool = True) -> list[str]:
    """The boxes that are more than 1 pt too large."""
    found = [match for match in OVERFULL.finditer(log) if float(match[1]) > 1]
    return [match[0] for match in found if vertical or "wide" in match[0]]


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("id", IDS)
def test_every_problem_compiles_with_nothing_over_the_edge(logs, id: str, document: str) -> None:
    log = logs[id, document].result()
    assert over_the_edge(log, not document.startswith("pieces")) == []
    assert "LaTeX Warning: Reference" not in log
    assert "invalid in math mode" not in log


@pytest.mark.parametrize("number", range(len(RANDOM)))
def test_decks_of_random_problems_keep_inside_their_slides(logs, number: int) -> None:
    assert over_the_edge(logs[str(number), "handout"].result()) == []


WIDE = {
    "a long sum": "find: {value: [a]}\ngiven: {x: 1.25}\ndefine:\n  a: " + " + ".join(f"{n}.125*x" for n in range(1, 30)),
    "a long product": "given: {x: 1.25}\ndefine:\n  a: " + "*".join(f"(x + {n})" for n in range(30)),
    "a wide fraction": "given: {x: 1.25}\ndefine:\n  a: (" + " + ".join(f"{n}*x" for n in range(1, 16)) + ")/(1 + x)",
    "a long way": "given: {x: 0.5, w: 0.5, eta: 0.1}\ndefine:\n" + "".join(
        f"  a_{n}: w*{f'a_{n - 1}' if n else 'x'}\n" for n in range(4)) + "  b: tanh(tanh(tanh(a_3)))\n  c: b^2\nfind: {gradient: {of: c, by: [w]}}",
    "many givens": "given: {" + ", ".join(f"w_{n}: 0.12345" for n in range(80)) + "}\ndefine:\n  a: w_0 + w_1",
    "long text": "statement: " + "A long statement goes on and on with many words. " * 60 + "\ngiven: {x: 1}\ndefine: {a: 2*x}",
    "a long list": "statement: |\n" + "".join(f"  - item {n} of a list\n" for n in range(40)) + "given: {x: 1}\ndefine: {a: 2*x}",
    "a long title": "title: " + "A title that does not end soon " * 9 + "\ngiven: {x: 1}\ndefine: {a: 2*x}",
    "a table": "given: {eta: 0.1, " + ", ".join(f"w_{n}: 0.{n + 1}" for n in range(12)) + "}\ndefine:\n  a: " + " + ".join(f"w_{n}^2" for n in range(12)) + "\nfind: {update: {of: [" + ", ".join(f"w_{n}" for n in range(12)) + "], minimise: a, rate: eta}}",
    "a derivation": "derive:\n  function: f(x) = exp(-x)*sin(x)/(1 + exp(-x))^2 + ln(1 + x^2)*cos(x)\n  by: x",
    "an address": "source: https://example.org/a_very/long/address/with%20signs#and?a=b&c=d/that/goes/on/and/on\ngiven: {x: 1}\ndefine: {a: 2*x}",
}  # fmt: skip


@pytest.mark.parametrize("what", WIDE)
def test_nothing_runs_over_the_edge_of_a_slide(what: str, tmp_path: Path) -> None:
    spec = WIDE[what] if WIDE[what].startswith("title") else f"title: T\n{WIDE[what]}"
    worked = work_text(spec + "\n")
    assert not worked.diagnostics, worked.diagnostics
    made = write(worked, ["latex", "beamer"])
    assert not made.diagnostics, made.diagnostics
    lay(tmp_path, dict(made.outputs["beamer"].files))
    assert over_the_edge(pdflatex(tmp_path, "problem-handout.tex")) == []


@pytest.fixture(scope="module")
def lecture(tmp_path_factory) -> list[str]:
    """The pages of the hand-written deck as text."""
    folder = tmp_path_factory.mktemp("lecture")
    lay(folder / "build/latex", dict(written("network-2-1-1")[1].outputs["latex"].files))
    (folder / "lecture.tex").write_text(
        (ROOT / "tests/slides/lecture.tex").read_text(encoding="utf-8"), encoding="utf-8"
    )
    log = pdflatex(folder, "lecture.tex")
    assert over_the_edge(log) == []
    text = subprocess.run(
        [needs("pdftotext", "poppler-utils"), "-layout", "lecture.pdf", "-"], cwd=folder, capture_output=True, text=True
    )
    return [page for page in text.stdout.split("\f") if page.strip()]


def test_a_deck_written_by_hand_shows_the_lines_of_two_pieces_one_by_one(lecture: list[str]) -> None:
    unit = [page for page in lecture if "The hidden unit" in page]
    assert len(unit) == 8  # four lines of one piece, then four of the other
    shown = [len(re.findall(r"[=≈]", page)) for page in unit]
    assert shown == list(range(1, 9))
    assert "0.355" not in unit[2]
    assert "0.355" in unit[3]
    assert "0.588" in unit[7]
    gradient = [page for page in lecture if "Gradient of the last weight" in page]
    assert [len(re.findall(r"[=≈]", page)) for page in gradient] == [0, 1, 2, 3]
    assert "(1)" not in gradient[0]
    assert "Putting the values in" not in gradient[0]
    assert "Putting the values in" in gradient[1]


def test_an_article_shows_all_lines_at_once(logs, tmp_path: Path) -> None:
    files, _ = latex_files("network-2-1-1", "article")
    lay(tmp_path / "build/latex", files)
    source = (ROOT / "tests/slides/lecture.tex").read_text(encoding="utf-8")
    source = source.replace("{beamer}", "{article}").replace("\\usetheme{Madrid}", "").replace("\\titlepage", "")
    source = re.sub(r"\\(begin|end)\{frame\}(\{.*\})?|\\pause", "", source)
    (tmp_path / "a.tex").write_text(source, encoding="utf-8")
    pdflatex(tmp_path, "a.tex")
    shown = subprocess.run(
        [needs("pdftotext", "poppler-utils"), "a.pdf", "-"], cwd=tmp_path, capture_output=True, text=True
    ).stdout
    assert len(re.findall(r"[=≈]", shown)) == 11


def test_a_step_that_is_not_there_is_named(tmp_path: Path) -> None:
    lay(tmp_path, dict(written("sigmoid")[1].outputs["latex"].files))
    (tmp_path / "a.tex").write_text(
        r"\documentclass{article}\usepackage{solver}\begin{document}\solverinput{sigmoid}{no}\end{document}"
    )
    with pytest.raises(AssertionError, match="There is no step `no' of `sigmoid'"):
        pdflatex(tmp_path, "a.tex")


def test_the_deck_of_the_course_shows_one_line_more_with_every_press(tmp_path: Path) -> None:
    lay(tmp_path, dict(written("network-2-1-1")[1].outputs["beamer"].files))
    pdflatex(tmp_path, "network-2-1-1.tex")
    text = subprocess.run(
        [needs("pdftotext", "poppler-utils"), "-layout", "network-2-1-1.pdf", "-"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    ).stdout
    pages = text.split("\f")
    first = next(n for n, page in enumerate(pages) if "Unit h" in page)
    assert [len(re.findall("[=≈]", page)) for page in pages[first : first + 9]] == [1, 2, 3, 4, 1, 2, 3, 4, 1]
