"""Definitions for a range of indices: what they are written out to, and what is refused at its place."""

from __future__ import annotations

import pytest
from conftest import work_text

from solver.indexed import written_out
from solver.reader import read_spec


def definitions(text: str) -> dict[str, str]:
    lines = "".join(f"  {line}\n" for line in text.strip().splitlines())
    define = written_out(read_spec(f"title: T\ndefine:\n{lines}".encode())).get("define")
    return {key.text: value.text for key, value in define.entries}


def test_a_definition_of_a_range_is_one_for_each_index() -> None:
    assert definitions("z_[i=2..4]: w*x_[i]") == {"z_2": "w*x_2", "z_3": "w*x_3", "z_4": "w*x_4"}
    assert definitions("z_[i=1..2][j=3..4]: k_[j][i]") == {
        "z_13": "k_31",
        "z_14": "k_41",
        "z_23": "k_32",
        "z_24": "k_42",
    }


def test_neighbours_go_index_by_index_where_one_reads_another_index() -> None:
    steps = definitions("a_[t=1..2]: u*h_[t-1]\nh_[t=1..2]: tanh(a_[t])\ny: h_2")
    assert list(steps.items()) == [
        ("a_1", "u*h_0"),
        ("h_1", "tanh(a_1)"),
        ("a_2", "u*h_1"),
        ("h_2", "tanh(a_2)"),
        ("y", "h_2"),
    ]
    shares = definitions("s_[i=1..2]: q*k_[i]\np_[i=1..2]: softmax(s_[i], s_[1..2])")
    assert list(shares) == ["s_1", "s_2", "p_1", "p_2"]
    assert shares["p_2"] == "softmax(s_2, s_1, s_2)"


def test_sums_are_written_out_and_may_stand_in_each_other() -> None:
    found = definitions(
        "o: 2*sum(i=1..2, p_[i]*(v_[i] - 1))\nq: sum(i=1..2, sum(j=1..2, w_[i][j]))\nr_[i=1..1]: sum(j=1..2, w_[i][j])"
    )
    assert found["o"] == "2*(p_1*(v_1 - 1) + p_2*(v_2 - 1))"
    assert found["q"] == "((w_11 + w_12) + (w_21 + w_22))"
    assert found["r_1"] == "(w_11 + w_12)"


@pytest.mark.parametrize(
    ("line", "code", "column", "said"),
    [
        ("s_[i=1..3]: x_[j]", "S301", 15, "no range gives the index j"),
        ("s_[i=3..1]: x_[i]", "S301", 3, "3..1 is no range"),
        ("s_[i=1..99]: x_[i]", "S301", 3, "1..99 is no range"),
        ("s_[i=0..2]: x_[i-1]", "S301", 15, "[i-1] is -1 where i is 0"),
        ("s: sum(i=1..3, x_[i]", "S301", 6, "the bracket after sum is not closed"),
        ("s: sum(x_1, x_2)", "S302", 6, "unknown function 'sum'"),
        ("s_[i=1..3]: 2*x_[i] +* 3", "S301", 15, "is expected, not '*'"),
        ("s_[i=1..2]: 2*logg(x_[i])", "S302", 15, "unknown function 'logg'"),
        ("s_[i: 1", "S203", 3, "is not a name"),
    ],
)
def test_a_fault_is_told_at_the_line_of_the_author(line: str, code: str, column: int, said: str) -> None:
    (diagnostic, *_) = work_text(f"title: T\ngiven: {{x_1: 1, x_2: 2, x_3: 3}}\ndefine:\n  {line}\n").diagnostics
    assert (diagnostic.code, diagnostic.place.line, diagnostic.place.column) == (code, 4, column)
    assert said in diagnostic.message


def test_what_ranges_define_is_refused_where_it_is_defined_twice_and_where_there_is_too_much() -> None:
    twice = "title: T\ngiven: {x: 1}\ndefine:\n  s_2: x\n  s_[i=1..3]: x\n"
    (diagnostic,) = work_text(twice).diagnostics
    assert (diagnostic.code, diagnostic.place.line, diagnostic.message) == ("S105", 5, "s_2 is defined twice")
    many = "title: T\ngiven: {x: 1}\ndefine:\n  s_[i=1..64][j=1..64]: x\n"
    assert [diagnostic.code for diagnostic in work_text(many).diagnostics] == ["S104"]
    long = "title: T\ngiven: {x: 1}\ndefine:\n  s: sum(i=1..64, sum(j=1..64, sum(k=1..64, x)))\n"
    assert [diagnostic.code for diagnostic in work_text(long).diagnostics] == ["S104"]
