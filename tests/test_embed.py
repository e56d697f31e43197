"""The Python-Markdown extension: alone, and in sites that MkDocs, ProperDocs and Zensical build."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

markdown = pytest.importorskip("markdown")

WHOLE = """# One step

Find $w_h$; it costs \\$5, `$a$` \\= \\_x\\_.

## New value of $w_h$

$$
\\begin{aligned}
a &= b < c \\\\
  &= d_1 * e_1 * f
\\end{aligned}
$$

| $a$ | b |
| --- | --- |
| $x_1$ | $0.33$ |
"""
STEP = "## New value of $w_h$\n\n$$\nw_h = 0.5 \\cdot a_1 * b_1 * c\n$$\n"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """An output folder with one problem that has one step."""
    folder = tmp_path / "build" / "fragments"
    (folder / "net").mkdir(parents=True)
    (folder / "net.md").write_text(WHOLE, encoding="utf-8")
    (folder / "net" / "new-w_h.md").write_text(STEP, encoding="utf-8")
    (tmp_path / "build" / "secret.md").write_text("secret", encoding="utf-8")
    return tmp_path / "build"


def page(text: str, build: Path, *extensions: str) -> str:
    return markdown.markdown(
        text,
        extensions=["tables", *extensions, "solver.embed"],
        extension_configs={"solver.embed": {"build": str(build)}},
    )


def headings(shown: str) -> list[tuple[int, str]]:
    return [(int(level), re.sub("<.*?>", "", inside)) for level, inside in re.findall(r"<h(\d).*?>(.*?)</h\1>", shown)]


def test_a_whole_problem_stands_below_the_heading_before_it(build: Path) -> None:
    shown = page("# Lecture\n\n## Example\n\n::: solver net\n\nAfter.", build)
    assert headings(shown) == [(1, "Lecture"), (2, "Example"), (3, "One step"), (4, r"New value of \(w_h\)")]
    assert "<p>After.</p>" in shown


@pytest.mark.parametrize(
    ("before", "line", "level"),
    [
        ("", "::: solver net step=new-w_h", 1),
        ("# A\n\n", "::: solver net step=new-w_h", 2),
        ("A\n=\n\n", "::: solver net step=new-w_h", 2),
        ("A\n---\n\n", "::: solver net step=new-w_h", 3),
        ("###### A\n\n", "::: solver net step=new-w_h", 6),
        ("# A\n\n", "::: solver net step=new-w_h level=5", 5),
        ("# A\n\n", ':::solver "net" step="new-w_h"', 2),
        ("# A\n\n```\n## B\n```\n\n", "::: solver net step=new-w_h", 2),
    ],
)
def test_the_level_of_a_step_adapts(build: Path, before: str, line: str, level: int) -> None:
    shown = page(before + line, build, "fenced_code")
    assert headings(shown)[-1] == (level, r"New value of \(w_h\)")


def test_a_heading_is_left_out_on_request(build: Path) -> None:
    assert headings(page("::: solver net step=new-w_h heading=no", build)) == []
    assert headings(page("# A\n\n::: solver net heading=no", build)) == [(1, "A"), (2, r"New value of \(w_h\)")]


def test_formulas_and_words_reach_the_reader_as_they_were_written(build: Path) -> None:
    shown = page("::: solver net", build)
    found = re.findall(r'class="arithmatex">\\[(\[](.*?)\\[)\]]<', shown, re.DOTALL)
    assert [html.unescape(inside) for inside in found] == ["w_h", "w_h", WHOLE.split("$$")[1], "a", "x_1", "0.33"]
    words = html.unescape(re.sub("<.*?>", "", shown))
    assert "it costs $5, $a$ = _x_." in words


@pytest.mark.parametrize("extension", ["pymdownx.arithmatex", "md_in_html", "toc", "pymdownx.superfences"])
def test_other_extensions_do_not_touch_the_formulas(build: Path, extension: str) -> None:
    pytest.importorskip("pymdownx")
    shown = page("# A\n\n::: solver net", build, extension)
    assert r"&amp;= d_1 * e_1 * f" in shown
    assert shown.count('class="arithmatex"') == 6


def test_a_fragment_goes_where_its_line_stands(build: Path) -> None:
    shown = page("!!! note\n\n    ::: solver net step=new-w_h\n\nAfter.", build, "admonition")
    inside = shown[shown.index('<div class="admonition note">') : shown.index("After")]
    assert 'class="arithmatex"' in inside


def test_a_line_in_a_fence_is_shown_and_not_followed(build: Path) -> None:
    shown = page("```\n::: solver net\n```", build, "fenced_code")
    assert "::: solver net" in shown
    assert "One step" not in shown


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("::: solver", "it names no problem", "write it as ::: solver &lt;id&gt; step=&lt;step&gt;"),
        ("::: solver step=a", "it names no problem", "write it as"),
        ("::: solver 'net", "a quotation mark is not closed", "write it as"),
        ("::: solver nett", "there is no problem called 'nett' in", "did you mean 'net'?"),
        ("::: solver ../secret", "there is no problem called '../secret'", "the names there: net"),
        ("::: solver net/new-w_h", "there is no problem called", ""),
        ("::: solver net step=new-w_1", "there is no step of net called 'new-w_1'", "did you mean 'new-w_h'?"),
        ("::: solver net step=../net", "there is no step of net called '../net'", ""),
        ("::: solver net stp=a", "there is no option 'stp=a'", "did you mean 'step'?"),
        ("::: solver net level=9", "level cannot be '9'", "level is 1 to 6"),
        ("::: solver net heading=maybe", "heading cannot be 'maybe'", "heading is yes or no"),
        ("::: solver <script>", "there is no problem called '<script>'", ""),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_in_the_log(
    build: Path, caplog, line: str, message: str, hint: str
) -> None:
    shown = page(f"Before.\n\n{line}\n\nAfter.", build)
    assert html.escape(message) in shown
    assert hint.replace("'", "&#x27;") in shown
    assert 'role="alert"' in shown
    assert "<script>" not in shown
    assert "secret</p>" not in shown
    assert "Before." in shown
    assert "After." in shown
    assert [message in record.getMessage() for record in caplog.records] == [True]


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    shown = page("::: solver net", tmp_path / "nowhere")
    assert "there is no folder" in shown
    assert "solver render PROBLEMS --to fragments" in shown


CONFIG = """site_name: Course
theme: {name: material, font: false}
markdown_extensions:
  - admonition
  - tables
  - toc: {permalink: true}
  - solver.embed
"""


@pytest.mark.parametrize("program", ["mkdocs", "properdocs", "zensical"])
def test_a_site_of_each_kind_shows_the_fragment_and_the_error(build: Path, program: str) -> None:
    pytest.importorskip(program)
    root = build.parent
    (root / "mkdocs.yml").write_text(CONFIG)
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text("# Lecture\n\n::: solver net step=new-w_h\n\n::: solver nett\n")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", program, "build", *options]
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        return subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment, timeout=120)

    done = run("-f", "mkdocs.yml")
    assert done.returncode == 0, done.stderr
    shown = (root / "site" / "index.html").read_text(encoding="utf-8")
    assert (2, r"New value of \(w_h\)") in [
        (level, text.removesuffix("¶").removesuffix("&para;")) for level, text in headings(shown)
    ]
    assert r"a_1 * b_1 * c" in shown
    assert "there is no problem called &#x27;nett&#x27;" in shown
    assert "there is no problem called 'nett'" in done.stderr + done.stdout
    if program != "zensical":  # which has no strict mode that hears of it
        assert run("-f", "mkdocs.yml", "--strict").returncode == 1
