from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, ROOT, needs

from solver import pdf
from solver.cli import main

GOOD = ROOT / "problems" / "3-backpropagation" / "network-2-1-1.yaml"
SMALL = "title: {}\nstatement: {}\ngiven: {{x: 1}}\ndefine: {{a: 2*x}}\n"


def document(body: str) -> str:
    return rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}"


@pytest.fixture(autouse=True)
def _tools() -> None:
    needs("latexmk", "latexmk")
    needs("pdflatex", "texlive-latex-recommended")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(part) for part in arguments], catch_exceptions=False)


def shown(path: Path) -> str:
    return subprocess.run([needs("pdftotext", "poppler-utils"), path, "-"], capture_output=True, text=True).stdout


def test_a_document_becomes_a_pdf() -> None:
    assert pdf.typeset({"a.tex": document(r"\input{b}"), "b.tex": "inside"}, "a.tex").startswith(b"%PDF")


def test_the_bytes_are_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, second = (pdf.typeset({"a.tex": document("text")}, "a.tex") for _ in range(2))
    assert first == second
    assert b"20231114" in first


@pytest.mark.parametrize(
    ("body", "reason"),
    [(r"\undefined", "Undefined control sequence"), (r"\input{missing}", "LaTeX has no missing")],
)
def test_what_latex_says_is_said(body: str, reason: str) -> None:
    with pytest.raises(pdf.PdfError, match=reason):
        pdf.typeset({"a.tex": document(body)}, "a.tex")


def test_a_document_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "TIMEOUT", 2)
    before = working_places()
    with pytest.raises(pdf.PdfError, match="did not finish"):
        pdf.typeset({"a.tex": document(r"\def\x{\x}\x")}, "a.tex")
    for _ in range(50):  # what is killed takes a moment to go
        if not any("solver-pdf-" in place for place in working_places() - before):
            break
        time.sleep(0.1)
    else:
        pytest.fail("something of it runs on")


def working_places() -> set[str]:
    """The folders that the programs of this machine work in, as far as they can be told."""
    found: set[str] = set()
    for program in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            found.add(str(program.readlink()))
    return found


def test_no_program_is_run_and_nothing_outside_is_read_or_written(tmp_path: Path, monkeypatch) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("SECRET")
    mark = tmp_path / "mark"
    made = pdf.typeset({"a.tex": document(rf"\immediate\write18{{touch {mark}}}text")}, "a.tex")
    assert made.startswith(b"%PDF")
    assert not mark.exists()
    for body in (rf"\input{{{secret}}}", rf"\newwrite\x\immediate\openout\x={mark} \immediate\write\x{{a}}"):
        with pytest.raises(pdf.PdfError):
            pdf.typeset({"a.tex": document(body)}, "a.tex")
    assert not mark.exists()
    monkeypatch.chdir(tmp_path)  # latexmk would run what it finds here
    (tmp_path / "latexmkrc").write_text(f"system('touch {mark}');")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".latexmkrc").write_text(f"system('touch {mark}');")
    pdf.typeset({"a.tex": document("text")}, "a.tex")
    assert not mark.exists()


def test_a_machine_without_latex_is_told_what_to_install(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("render", GOOD, "--to", "pdf")
    assert result.exit_code == 2
    assert "PDF needs latexmk and pdflatex; on Debian: apt install latexmk texlive-latex-recommended" in result.stderr
    assert not (tmp_path / "build").exists()


def test_a_missing_package_is_named(run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fake = tmp_path / "bin" / "latexmk"
    fake.write_text(
        '#!/bin/sh\nfor last; do :; done\necho "! LaTeX Error: File \\`lmodern.sty\' not found." > ${last%.tex}.log\nexit 12\n'
    )
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    result = run("render", GOOD, "--to", "pdf,markdown")
    assert result.exit_code == 1
    assert "error[S602]: LaTeX has no lmodern.sty; on Debian: apt install" in result.stderr
    assert not (tmp_path / "build").exists()


def test_a_problem_a_file(run, tmp_path: Path) -> None:
    result = run("render", GOOD, "--to", "pdf")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.split() == ["build/pdf/network-2-1-1.pdf"]
    text = shown(tmp_path / "build/pdf/network-2-1-1.pdf")
    assert "One step of backpropagation" in text
    assert "0.3362" in text
    assert run("render", GOOD, "--to", "pdf").stdout == ""


def test_a_book_has_contents_and_every_problem(run, tmp_path: Path) -> None:
    result = run("render", ROOT / "problems", "--to", "pdf,markdown", "--book")
    assert result.exit_code == 0, result.stderr
    assert "build/book.pdf" in result.stdout.split()
    assert not (tmp_path / "build/pdf").exists()
    assert (tmp_path / "build/markdown/sigmoid.md").is_file()
    text = " ".join(shown(tmp_path / "build/book.pdf").split())
    assert text.startswith("Contents")
    for title in ("Backpropagation by hand", "Derivative of the sigmoid activation function"):
        assert text.count(title) >= 2, title


def test_the_problem_sheet_holds_no_answer(run, tmp_path: Path) -> None:
    result = run("render", GOOD, "--to", "pdf,markdown,json,latex,beamer", "--without-solutions")
    assert result.exit_code == 0, result.stderr
    folder = tmp_path / "build/without-solutions"
    pages = [path for path in folder.rglob("*.*") if path.suffix in (".md", ".tex")]
    assert len(pages) >= 7
    assert not list(folder.rglob("*.json"))
    text = shown(folder / "pdf/network-2-1-1.pdf")
    for answer in ("0.3362", "0.588", "0.355", "0.0160"):
        assert answer not in text
        assert not any(answer in page.read_text() for page in pages)
    assert "0.33" in text
    assert "Find" in text
    assert run("render", GOOD, "--to", "json", "--without-solutions").exit_code == 2


@pytest.mark.parametrize(
    ("goal", "line"),
    [
        ("network", "- the values of $w_h$, $w_1$, $w_2$ after one step of gradient descent on $E$"),
        ("find: {gradient: {of: a, by: [x]}}", r"- the derivatives $\frac{\partial a}{\partial x}$"),
        ("find: {value: [a]}", "- the values of $a$"),
        ("", "- the values of $a$"),
        ("derive: {function: f(x) = x^2, by: x}", "- the derivative $f'(x)$"),
        ("derive: {function: f(x) = x^2, by: x, in_terms_of: f(x)}", "- the derivative $f'(x)$, in terms of $f(x)$"),
    ],
)
def test_what_is_asked_is_said(run, tmp_path: Path, goal: str, line: str) -> None:
    spec = GOOD.read_text() if goal == "network" else "title: T\n" + goal + "\n"
    if goal != "network" and "derive" not in goal:
        spec += "given: {x: 3}\ndefine: {a: x^2}\n"
    (tmp_path / "p.yaml").write_text(spec.replace(", in_terms_of: f(x)", "") if "x^2, by: x, in" in goal else spec)
    if "in_terms_of" in goal:
        shutil.copy(next(path for path in PROBLEMS if path.stem == "sigmoid"), tmp_path / "p.yaml")
    result = run("render", "p.yaml", "--to", "markdown", "--without-solutions")
    assert result.exit_code == 0, result.stderr
    assert line in (tmp_path / "build/without-solutions/markdown/p.md").read_text().splitlines()


def test_a_book_is_a_pdf(run) -> None:
    result = run("render", GOOD, "--book")
    assert result.exit_code == 2
    assert "add --to pdf to --book" in result.stderr


def test_another_script_is_a_clear_error_of_the_pdf_alone(run, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(SMALL.format("反向传播", "s"), encoding="utf-8")
    result = run("render", "p.yaml", "--to", "pdf")
    assert result.exit_code == 1
    assert "error[S601]: the fonts of the PDF do not have the character '反' (U+53CD)" in result.stderr
    assert run("render", "p.yaml").exit_code == 0


HOSTILE = [
    r"\input{/etc/passwd}", r"\write18{touch mark}", r"\immediate\write18{touch mark}", r"\def\x{y}", r"\catcode`\%=12",
    "^^5cinput{/etc/passwd}", r"\csname input\endcsname{/etc/passwd}", r"\pdfobj stream file {/etc/passwd}", "$$x$$ \\(y\\)",
    r"\end{document}", "%", "#1 & ~ _ ^ { } <% x %> << y >>", r"\verb|x|", r"\openout5=mark", r"\newread\f\openin\f=/etc/passwd",
]  # fmt: skip


def test_hostile_tex_in_title_and_statement_is_typeset_as_text(run, tmp_path: Path) -> None:
    doubled = [text.replace("{", "{{").replace("}", "}}") for text in HOSTILE]
    quoted = [
        "'" + text.replace("'", "''") + "'"
        for text in (" ".join(HOSTILE)[:290], "\u2003".join(doubled).replace("\u2003", " "))
    ]
    (tmp_path / "p.yaml").write_text(SMALL.format(*quoted), encoding="utf-8")
    result = run("render", "p.yaml", "--to", "pdf,latex,beamer")
    assert result.exit_code == 0, result.stderr
    text = "".join(shown(tmp_path / "build/pdf/p.pdf").split())
    for part in HOSTILE:
        plain = part.replace("`", "\u2018").replace("<<", "\u00ab").replace(">>", "\u00bb")
        assert "".join(plain.split()) in text or "".join(part.split()) in text, part
    assert "root:" not in text
    assert not list(tmp_path.rglob("mark"))


@pytest.mark.parametrize("tex", HOSTILE[:10])
def test_hostile_tex_in_notation_is_refused(run, tmp_path: Path, tex: str) -> None:
    quoted = "'" + tex.replace("'", "''") + "'"
    (tmp_path / "p.yaml").write_text(f"title: T\nnotation: {{x: {quoted}}}\ngiven: {{x: 1}}\ndefine: {{a: 2*x}}\n")
    result = run("render", "p.yaml", "--to", "pdf")
    assert result.exit_code == 1
    assert "error[S206]" in result.stderr
    assert not (tmp_path / "build").exists()
