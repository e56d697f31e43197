from __future__ import annotations

import re
from itertools import pairwise

import pytest
from conftest import needs, solved, work_text
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from solver.data import values
from solver.document import (
    BulletList,
    Cases,
    Chain,
    Code,
    Comparison,
    Condition,
    Document,
    Emphasis,
    EquationLine,
    Equations,
    Figure,
    Hyperlink,
    Link,
    Math,
    Matrix,
    Paragraph,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Trail,
)
from solver.drawing import Content, Drawing, Label, Shape, Stroke
from solver.escape import escape_latex, escape_markdown
from solver.expression import Entrywise, Number, Product, Symbol, Transpose
from solver.expression import Matrix as WrittenOut
from solver.mathtex import MathTex
from solver.names import Name, parse_name
from solver.parse import parse_expression
from solver.pipeline import read_back, write
from solver.render import FORMATS

HARD = r"1. * _a_ `b` $c$ \input{x} <script>alert(1)</script> [x](javascript:y) {w} {{ 7*7 }} <% x %> # % & ~ ^ | \" !"

X = Symbol(Name("x"))
CHAIN = Chain(
    Symbol(parse_name("h_in")),
    (
        Link("=", parse_expression("w_1*x_1 + b"), "formula"),
        Link("≈", parse_expression("0.25*0.5 + (-0.1)"), "numbers", (Text("50 % & more, since "), Math(X), Strong((Text("!"),)))),
        Link("=", Number("0.025", fmpq(1, 40)), "result"),
    ),
    number=1,
)  # fmt: skip
DRAWING = Drawing(
    200,
    100,
    (Stroke((((30, 50), (60, 50)), ((90, 50), (120, 50)))), Stroke((((150, 90), (150, 70)),), "highlight")),
    (Shape(20, 50, 20, 20, "input"), Shape(150, 50, 60, 40, "unit", round=False)),
    (
        Label(20, 50, Content("", X, style="name")),
        Label(75, 50, Content("50 % & <more> ", X, "≈", Number("-2.5e-6", fmpq(1)))),
        Label(180, 50, Content(HARD, style="word"), anchor="end"),
    ),
)  # fmt: skip
MATRIX = WrittenOut(
    ((parse_expression("-0.5"), parse_expression("y_1")), (parse_expression("2"), parse_expression("1/2*y")))
)
ZOO = Document(
    "zoo",
    f"Every node: {HARD}",
    (
        Paragraph((Text(HARD),)),
        Paragraph((Text("# no heading"),)),
        Section(
            1,
            (Text("A section with "), Math(X)),
            (
                Paragraph((Text("a "), Strong((Text("strong"),)), Emphasis((Text("emphatic"),)), Code("co`de_1"), Text("."))),
                Paragraph((Comparison((X, Number("0.4", fmpq(2, 5)), Number("0", fmpq(0))), ("=", ">")),)),
                Chain(X, (Link("=", parse_expression("1"), "rule", (Text("since "), Comparison((X, Number("-2", fmpq(-2)), parse_expression("y")), ("≈", "<")))),)),
                Paragraph((Hyperlink("https://example.org/a_b?c=d&e"), Text(" "), Math(X, "≈", Number("2.5e-6", fmpq(1))))),
                BulletList(((Text("- one"),), (Trail((Name("E"), parse_name("y_out"), parse_name("w_h"))),))),
                CHAIN,
                Chain(X, (Link("=", parse_expression("1/2"), "formula"),)),
                Chain(X, (Link("=", parse_expression("1/2"), "formula"),), number=2),
                SideBySide((CHAIN, Chain(X, CHAIN.links))),
                Chain(X, (Link("=", Entrywise((Product((Transpose(MATRIX), X)), X)), "formula"), Link("≈", MATRIX, "result"))),
                Paragraph((Math(X, "=", MATRIX),)),
                Table(((Text("a | b"),), (Text("c"),)), (((Math(X),), (Text("d"),)), ((Text("e"),), (Text("f"),)))),
                Equations((EquationLine(X, parse_expression("y/2"), (Text("50 % & more"),)), EquationLine(parse_expression("2*x"), parse_expression("y")))),
                Cases(X, ((parse_expression("y"), Condition(parse_expression("y"), ">", parse_expression("0"))), (parse_expression("-y/2"), Condition(parse_expression("y"), "<", parse_expression("0"))))),
                Cases(X, ((parse_expression("2*y"), Comparison((parse_expression("0"), parse_expression("y"), parse_expression("1")), ("<", "<"))), (parse_expression("y"), Condition(parse_expression("y"), ">", parse_expression("1"))))),
                Matrix("gradient", Name("E"), (((X,), (parse_expression("y"),)), ((parse_expression("a - b"),), (parse_expression("2"),)))),
                Matrix("jacobian", Name("E"), (((X, X), (X, X)), ((X, parse_expression("1/2")), (X, X)))),
                Paragraph((Condition(X, "≠", parse_expression("0")), Text(" "), Condition(X, "≥", parse_expression("y")))),
                Figure(DRAWING, (Text(HARD), Math(X, "≈", Number("2.5e-6", fmpq(1))))),
                Section(2, (Text("Inner"),), (Paragraph((Text("end"),)),)),
            ),
        ),
    ),
    {Name("x"): r"\xi"},
)  # fmt: skip

TEXT_FORMATS = [name for name in FORMATS if name not in ("json", "pdf")]


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_every_node_in_every_format(form: str, golden) -> None:
    output = FORMATS[form].write(ZOO, solved("sigmoid").solution, MathTex(ZOO.notation))
    own = FORMATS[form].ending if form in ("markdown", "latex") else f"{form}.tex"
    golden(f"zoo.{own}", output.text)


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_a_strangers_text_is_text(form: str) -> None:
    spec = f"title: '{HARD}'\nstatement: '{HARD.replace('{w}', '')}'\nsource: '{HARD}'\ngiven: {{x: 1}}\ndefine: {{a: 2*x}}\n"
    spec = spec.replace("{ 7*7 }", "{{ 7*7 }}").replace("{{{", "{{").replace("}}}", "}}")
    worked = work_text(spec)
    assert not worked.diagnostics, worked.diagnostics
    written = write(worked, [form]).texts[form]
    assert "<script" not in written
    assert not re.search(r"(?<!\\)\\input", written)
    assert not re.search(r"(?<!\\)\]\(javascript", written) or form != "markdown"
    assert "7*7" in written.replace("\\*", "*")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=60))
def test_markdown_shows_escaped_text_as_it_is(text: str) -> None:
    import html

    import markdown

    text = " ".join(text.split())
    settings = {"pymdownx.arithmatex": {"generic": True}}
    shown = markdown.markdown(f"x{escape_markdown(text)}x", extensions=list(settings), extension_configs=settings)
    plain = html.unescape(re.sub(r"</?p>", "", shown))
    assert plain == f"x{text}x"


@given(st.text("\\{}$&#%_^~<>|\"'`-+ab", max_size=40))
def test_no_latex_command_survives_escaping(text: str) -> None:
    escaped = escape_latex(text)
    commands = set(re.findall(r"\\([A-Za-z]+)", escaped))
    assert commands <= {
        "textbackslash",
        "textasciicircum",
        "textasciitilde",
        "textless",
        "textgreater",
        "textbar",
        "allowbreak",
    }
    assert not re.search(r"(?<!\\)[$&#%_^~]", escaped)


def compile_latex(source: str, folder) -> str:
    import subprocess

    (folder / "page.tex").write_text(source, encoding="utf-8")
    command = [
        needs("pdflatex", "texlive-latex-recommended"),
        "-no-shell-escape",
        "-halt-on-error",
        "-interaction=nonstopmode",
        "page.tex",
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120)
    log = (folder / "page.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-3000:]
    return log


# Matt Mazur's 2-2-2 network, with numbers he prints: two outputs, so the gradients are sums over two paths.
MAZUR = """title: Two outputs
given: {i_1: 0.05, i_2: 0.1, w_1: 0.15, w_2: 0.2, w_3: 0.25, w_4: 0.3, b_1: 0.35, w_5: 0.4, w_6: 0.45, w_7: 0.5,
  w_8: 0.55, b_2: 0.6, o_1: 0.01, o_2: 0.99, eta: 0.5}
rounding: {digits: 9}
network:
  inputs: [i_1, i_2]
  activation: sigmoid
  loss: half_squared_error
  units:
    h_1: w_1*i_1 + w_2*i_2 + b_1
    h_2: w_3*i_1 + w_4*i_2 + b_1
    o_1: w_5*h_1 + w_6*h_2 + b_2
    o_2: w_7*h_1 + w_8*h_2 + b_2
find: {update: [w_5, w_6, w_7, w_8, w_1, w_2, w_3, w_4, b_1]}
"""


def test_sums_over_paths_are_broken_before_a_sign(tmp_path) -> None:
    worked = work_text(MAZUR)
    written = write(worked, ["markdown", "latex"])
    assert not written.diagnostics, written.diagnostics
    assert r"   &\quad {}+ " in written.texts["markdown"]
    log = compile_latex(written.texts["latex"], tmp_path)
    assert "Overfull" not in log, re.findall("Overfull.*", log)


@pytest.mark.parametrize(
    ("name", "published"),
    [("E", "0.298371109"), ("w_5_new", "0.35891648"), ("w_6_new", "0.408666186"), ("w_7_new", "0.511301270"),
     ("w_8_new", "0.561370121"), ("w_1_new", "0.149780716"), ("w_2_new", "0.19956143"), ("w_3_new", "0.24975114"),
     ("w_4_new", "0.29950229"), ("h_1_in", "0.3775"), ("h_1_out", "0.593269992"), ("o_1_out", "0.75136507")],
)  # fmt: skip
def test_mazurs_published_numbers_are_found(name: str, published: str) -> None:
    value = float(values(work_text(MAZUR).solution)[name]["value"])
    assert abs(value - float(published)) <= 0.5 * 10 ** -len(published.partition(".")[2])


@pytest.mark.parametrize(
    "id",
    ["sigmoid", "relu", "softmax", "logit", "delta-rule", "four-equations", "product", "network-2-1-1", "network-3-2-1",
     "network-3-2-1-stated", "zoo"],
)  # fmt: skip
def test_the_latex_compiles_without_an_overfull_line(id: str, tmp_path) -> None:
    source = (
        FORMATS["latex"].write(ZOO, None, MathTex(ZOO.notation)).text
        if id == "zoo"
        else write(solved(id), ["latex"]).texts["latex"]
    )
    log = compile_latex(source, tmp_path)
    assert "LaTeX Warning: Reference" not in log
    if id != "zoo":
        assert "Overfull" not in log, re.findall("Overfull.*", log)


def test_reasons_are_left_more_room_where_less_is_broken_then() -> None:
    page = write(solved("gelu"), ["markdown"]).texts["markdown"]
    assert r"\text{differentiate both sides} \\" in page
    rows = [line.strip() for line in page.splitlines()]
    assert not any(first.startswith("& &&") and then.startswith("& &&") for first, then in pairwise(rows))


def test_rows_with_fractions_stand_apart_in_an_article_and_are_still_read() -> None:
    rows = ", ".join(f"[{place}/10, 0.3, -0.2]" for place in range(1, 8))
    worked = work_text(
        f"title: T\nnetwork: {{inputs: [1, 2, 3], layers: [{{activation: sigmoid, weights: [{rows}]}}, "
        "{activation: sigmoid, weights: [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]]}], targets: [1], loss: squared_error, "
        "learning_rate: 0.1}\nfind: {update: all}\n"
    )
    text = write(worked, ["latex"]).texts["latex"]
    assert "\\\\\n\\addlinespace[4pt]\n" in text
    row = next(line for line in text.splitlines() if r"\frac{\partial E}{\partial" in line and " & " in line)
    assert read_back(text, "latex", worked.solution, worked.math) == ()
    assert read_back(text.replace(row, row.replace("0", "1", 1)), "latex", worked.solution, worked.math)
