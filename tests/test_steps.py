from __future__ import annotations

import re

import pytest
from conftest import PROBLEMS, ROOT, solved, work_text

from solver.document import Chain, Document, Link, Paragraph, Section, SideBySide, Text, chains
from solver.expression import Number, Symbol
from solver.names import Name
from solver.steps import sections, steps

NETWORK = (ROOT / "problems/3-backpropagation/network-2-1-1.yaml").read_text(encoding="utf-8")


def names(document: Document) -> dict[str, tuple]:
    return {step.name: step.blocks for step in (*sections(document), *steps(document))}


def test_sections_are_named_after_what_is_worked_in_them() -> None:
    assert [step.name for step in sections(solved("network-2-1-1").document)] == [
        "statement", "given", "drawing", "forward", "unit-h", "unit-y", "error", "update-w_h", "update-w_1", "update-w_2",
        "gradients", "summary",
    ]  # fmt: skip
    assert [step.name for step in sections(solved("sigmoid").document)] == [
        "statement",
        "given",
        "derivation",
        "result",
        "check",
    ]
    assert sections(solved("network-3-2-1").document)[-1].name == "source"


def test_steps_are_named_after_the_quantity_they_work() -> None:
    assert [step.name for step in steps(solved("network-2-1-1").document)] == [
        "h_in", "h_out", "y_in", "y_out", "E",
        "w_h_new-rule", "dE-dw_h-rule", "local-dE-dy_out", "local-dy_out-dy_in", "local-dy_in-dw_h", "dE-dw_h", "w_h_new",
        "dE-dw_1-rule", "local-dy_in-dh_out", "local-dh_out-dh_in", "local-dh_in-dw_1", "dE-dw_1", "w_1_new",
        "dE-dw_2-rule", "local-dh_in-dw_2", "dE-dw_2", "w_2_new",
    ]  # fmt: skip
    assert [step.name for step in steps(solved("sigmoid").document)] == ["f", "derivation-f-prime", "f-prime"]


@pytest.mark.parametrize("id", [path.stem for path in PROBLEMS])
def test_every_chain_is_in_a_section_and_in_a_step_of_its_own(id: str) -> None:
    document = solved(id).document
    told = [chain.links[-1] for step in steps(document) for chain in chains(step.blocks)]
    assert told == [chain.links[-1] for chain in chains(document.blocks)]
    every = [*sections(document), *steps(document)]
    assert len({step.name.lower() for step in every}) == len(every)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", step.name) for step in every)


EDITS = [
    ("w_h: 0.33", "w_h: 0.00000033"),
    ("title: One", "title: Another"),
    ("  activation: sigmoid", "  activation: tanh"),
    ("statement: >-", "source: a book\nstatement: >-"),
    ("find:", "rounding: {carry: rounded}\nfind:"),
    ("update: [w_h, w_1, w_2]", "update: [w_h, w_2]"),
    ("h: w_1*x_1 + w_2*x_2 + b_1", "g: w_1*x_2 + b_1\n    h: w_1*x_1 + w_2*x_2 + b_1"),
]


@pytest.mark.parametrize(("before", "after"), EDITS)
def test_a_name_stays_when_something_else_is_edited(before: str, after: str) -> None:
    assert before in NETWORK
    edited = NETWORK.replace(before, after)
    if "g: " in after:
        edited = edited.replace("y: h*w_h + b_2", "y: h*w_h + g*w_2 + b_2")
    worked = work_text(edited)
    assert not worked.diagnostics, worked.diagnostics
    old, new = names(solved("network-2-1-1").document), names(worked.document)
    gone = {name for name in old.keys() - new.keys() if "w_1" not in name or "w_1" in edited.partition("find")[2]}
    assert gone <= ({"dE-dw_2-rule"} if "g: " in after else set()), gone


def test_values_put_in_begin_with_their_equation() -> None:
    (chain,) = [block for block in names(solved("network-2-1-1").document)["dE-dw_h"] if isinstance(block, Chain)]
    assert [link.role for link in chain.links] == ["formula", "numbers", "result"]
    assert [link.relation for link in chain.links] == ["=", "≈", "≈"]
    assert chain.number == 1


def chain(name: str) -> Chain:
    return Chain(Symbol(Name(name)), (Link("=", Number("1", 1), "result"),))


def test_names_that_a_disk_would_not_tell_apart_or_take_are_made_free() -> None:
    blocks = (
        Section(1, (Text("Given!"),), (chain("E"), SideBySide((chain("e"), chain("aux"))), chain("given"))),
        Paragraph((Text("end"),)),
    )
    document = Document("id", "T", blocks, {})
    assert list(names(document)) == ["given", "source", "E", "e-2", "aux-step", "given-2"]
