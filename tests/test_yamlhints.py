from __future__ import annotations

import pytest

from solver.diagnostics import ReadError
from solver.reader import read_spec


@pytest.mark.parametrize(
    ("text", "line", "column", "hint"),
    [
        ("a:\n  b: 1\n c: 2\n", 3, 2, "indented by 1 blank, the line above by 2 blanks"),
        ("a:\n  b: 1\n   c: 2\n", 3, 4, "indented by 3 blanks, the line above by 2 blanks"),
        ("a:\n  b: 1\n\n  # why\n   c: 2\n", 5, 4, "indented by 3 blanks, the line above by 2 blanks"),
        ("a: 1\n b: 2\n", 2, 2, "indented by 1 blank, the line above by no blanks"),
        ("a:\n  b:1\n  c: 2\n", 2, 4, "write a blank after the colon: b: 1"),
        ("a:\n  c: 2\n  b:1\nd: 3\n", 3, 4, "write a blank after the colon: b: 1"),
        ("a:\n  h = w*x\n  c: 2\n", 2, 5, "write a colon and a blank instead of =: h: w*x"),
        ("a:\n  c: 2\n  h = w*x\nd: 1\n", 3, 5, "write a colon and a blank instead of =: h: w*x"),
        ("a:\n  h\n  c: 2\n", 2, 3, "write a colon after the key: h:"),
        ("a: {b: 1\nc: 2\n", 1, 4, "this { is not closed: add }"),
        ("a: {b: 1,\n  c: 2\n", 1, 4, "this { is not closed: add }"),
        ("a:\n  b: [1, 2\n  c: 3\n", 2, 6, "this [ is not closed: add ]"),
        ("a: [[1, 2] [3, 4]]\n", 1, 12, "a comma is missing before this, or ]"),
        ("a: b: c\n", 1, 5, "put texts that hold ': ' or start with a special character in quotes"),
        ("a: %b\n", 1, 4, "put texts that hold ': ' or start with a special character in quotes"),
        ("a:\n\tb: 1\n", 2, 1, "indent with spaces, not with tabs"),
    ],
)
def test_broken_yaml_is_told_where_it_is_likely_wrong(text: str, line: int, column: int, hint: str) -> None:
    with pytest.raises(ReadError) as error:
        read_spec(text.encode())
    assert (error.value.line, error.value.column) == (line, column)
    assert hint in error.value.hint
