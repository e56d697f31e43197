from __future__ import annotations

import pytest
from test_render import compile_latex

from solver.escape import escape_latex, escape_words
from solver.typeface import AS_MATHEMATICS, LATIN, strange_character


def test_latex_prints_every_character_that_is_said_to_be_printed(tmp_path) -> None:
    text = "\n".join(map(escape_latex, sorted(LATIN - {" "})))
    signs = "\n".join(f"{escape_latex(sign)} ${escape_words(f'a {sign} b')}$" for sign in AS_MATHEMATICS)
    source = rf"\documentclass{{article}}\usepackage[T1]{{fontenc}}\usepackage{{lmodern,amsmath}}\begin{{document}}{text}{signs}\end{{document}}"
    log = compile_latex(source, tmp_path)
    assert "Missing character" not in log
    assert "invalid in math mode" not in log


@pytest.mark.parametrize("text", ["Ångström", "cafe\u0301", "η → 0", "„so“ – gut", "plain"])
def test_latin_greek_and_signs_are_printed(text: str) -> None:
    assert strange_character(text) == ""


@pytest.mark.parametrize(("text", "mark"), [("反向传播", "反"), ("обучение", "о"), ("a \U0001f600", "\U0001f600")])
def test_other_scripts_are_named(text: str, mark: str) -> None:
    assert strange_character(text) == mark
