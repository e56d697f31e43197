from __future__ import annotations

import time

import pytest

from solver.diagnostics import ReadError
from solver.reader import Mapping, Scalar, Sequence, read_spec


def test_values_keep_their_text_and_their_place() -> None:
    node = read_spec(b"a: 0.30\nb: {c: [1, 'no']}\n")
    assert node.get("a") == Scalar("0.30", 1, 4)
    inner = node.get("b")
    assert isinstance(inner, Mapping)
    listed = inner.get("c")
    assert isinstance(listed, Sequence)
    assert listed.items == (Scalar("1", 2, 9), Scalar("no", 2, 12, plain=False))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_change_nothing(end: str, mark: bytes) -> None:
    assert read_spec(mark + f"a: 1{end}b: 2{end}".encode()) == read_spec(b"a: 1\nb: 2\n")


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"", "S102", "empty"),
        (b"  \n\n", "S102", "empty"),
        (b"# only a comment", "S102", "no values"),
        (b"a: 1\nb: 2\na: 3", "S105", "'a' is repeated; it stands first in line 1"),
        (b"a: &x 1", "S103", "an anchor"),
        (b"a: *x", "S103", "an alias"),
        (b"<<: {a: 1}", "S103", "a merge key"),
        (b"a: !!python/object:os.system 1", "S103", "a tag"),
        (b"a: [1", "S103", "broken YAML"),
        (b"a:\n\tb: 1", "S103", "broken YAML"),
        (b"- a", "S103", "a mapping"),
        (b"a: 1\n---\nb: 2", "S103", "second document"),
        (b"? [a]\n: 1", "S103", "plain text"),
        (b"a: \xff", "S101", "not UTF-8: byte 0xFF"),
        ("a: 1".encode("utf-16"), "S101", "not UTF-8"),
        (b"a: \x00", "S101", "U+0000"),
        (b"a: \x07", "S101", "U+0007"),
        (b"[" * 20_000, "S104", "deeper than 32"),
        (b"{a: " * 20_000, "S104", "deeper than 32"),
        (b"a: [" + b"1," * 50_001 + b"]", "S104", "more than 50,000"),
        (b"a" * (1 << 21), "S104", "at most 1,048,576"),
    ],
)
def test_what_a_spec_has_no_use_for_is_refused(data: bytes, code: str, message: str) -> None:
    with pytest.raises(ReadError) as error:
        read_spec(data)
    assert error.value.code == code
    assert message in str(error.value)


def test_the_place_of_a_broken_byte_is_named() -> None:
    with pytest.raises(ReadError) as error:
        read_spec(b"a: 1\nb: x\xff")
    assert (error.value.line, error.value.column) == (2, 5)


def test_an_alias_bomb_is_refused_at_its_first_mark() -> None:
    levels = "\n".join(f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 9)}]" for n in range(1, 9))
    start = time.process_time()
    with pytest.raises(ReadError, match="anchor"):
        read_spec(f"a0: &a0 [x]\n{levels}".encode())
    assert time.process_time() - start < 5  # a bomb that goes off takes minutes
