"""What the documentation shows is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT, solved, work_text

from solver.diagnostics import CODES
from solver.functions import ACTIVATIONS
from solver.losses import LOSSES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROBLEMS_PAGE = (ROOT / "site/docs/problems.md").read_text(encoding="utf-8")
EXAMPLES = [
    (page, example)
    for page, text in (("README", README), ("problems", PROBLEMS_PAGE))
    for example in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
]


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_every_example_of_a_spec_is_worked(page: str, example: str) -> None:
    worked = work_text(example)
    assert not worked.diagnostics, worked.diagnostics
    assert len(example.splitlines()) <= 15


def test_the_readmes_example_is_the_problem_of_the_course() -> None:
    (example,) = (text for page, text in EXAMPLES if page == "README")
    assert work_text(example, "network-2-1-1").document.blocks[-1] == solved("network-2-1-1").document.blocks[-1]


def test_the_two_set_up_commands_are_one_line_each() -> None:
    commands = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)
    assert len(commands) == 2
    assert all("\n" not in command and command.startswith("python3 -m venv .venv && ") for command in commands)
    assert (
        commands[1] in (ROOT / ".ci/run").read_text(encoding="utf-8") or "README.md" in (ROOT / ".ci/run").read_text()
    )


def test_pictures_and_pages_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).is_file(), target


@pytest.mark.parametrize("name", [*ACTIVATIONS, *LOSSES])
def test_every_activation_and_loss_is_documented(name: str) -> None:
    assert name in PROBLEMS_PAGE


def test_the_architecture_page_names_every_module_and_stays_short() -> None:
    page = (ROOT / "site/docs/architecture.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) < 200
    for path in (ROOT / "solver").glob("*.py"):
        assert path.name in page or path.name.startswith("__"), path.name


def test_every_code_that_is_raised_is_explained() -> None:
    used = {code for path in (ROOT / "solver").rglob("*.py") if path.name != "diagnostics.py"
            for code in re.findall(r'"(S\d{3})"', Path(path).read_text(encoding="utf-8"))}  # fmt: skip
    assert used == set(CODES)
