"""The architecture, the style and the types are tested like anything else."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from conftest import ROOT

from solver.document import Block, Inline
from solver.templates import environment

MODULES = sorted((ROOT / "solver").rglob("*.py"))
TEMPLATED = {"markdown": "md", "latex": "tex", "fragment": "tex", "beamer": "tex", "chapter": "tex",
             "plain": "md", "marp": "md", "docx": "md", "pptx": "md", "revealjs": "html"}  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("mypy",),
    ],
    ids=" ".join,
)
def test_style_and_types(command: tuple[str, ...]) -> None:
    found = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def test_imports_run_in_one_direction() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def macro_name(node: type) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in node.__name__).lstrip("_")


@pytest.mark.parametrize("folder", TEMPLATED)
def test_every_node_has_a_macro_in_every_format(folder: str) -> None:
    module = environment().get_template(f"{folder}/nodes.{TEMPLATED[folder]}.j2").module
    plain = {"text", "trail", "comparison"}  # escaped text, and mathematics: no markup of their own
    for node in (*get_args(Block), *get_args(Inline)):
        assert macro_name(node) in plain or hasattr(module, macro_name(node)), node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_does_and_every_public_name_is_documented(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            short = isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno < 8
            simple = isinstance(node, ast.ClassDef) and len(node.body) < 4
            assert ast.get_docstring(node) or short or simple, f"{path}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_outgrows_its_subject(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_of_a_spec_can_reach_an_interpreter(path: Path) -> None:
    banned = {"eval", "exec", "sympify", "parse_expr", "compile", "from_string", "__import__"}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            is_regex = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
            assert name not in banned or is_regex, f"{path}:{node.lineno} calls {name}"


def test_every_stage_is_a_function_with_a_docstring() -> None:
    from solver import derive, goals, pipeline, reader, solution, spec, values, verify

    for stage in (
        reader.read_spec, spec.validate, goals.lengthen, values.evaluate_graph, solution.solve, verify.verify,
        derive.derive, pipeline.work,
    ):  # fmt: skip
        assert inspect.getdoc(stage)
