"""What a render remembers, and what makes it work everything again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import ROOT

from solver.manifest import Manifest

FOLDERS = sorted(
    str(path.parent.relative_to(ROOT)) for part in ("solver", "templates") for path in (ROOT / part).rglob("*.*")
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders of solver with a file in each, all of one age."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for folder in set(FOLDERS):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "file").touch()
        os.utime(tmp_path / folder / "file", (1, 1))
    monkeypatch.setattr("solver.manifest.__file__", str(tmp_path / "solver/manifest.py"))
    return tmp_path


@pytest.mark.parametrize("folder", sorted({folder for folder in FOLDERS if "__pycache__" not in folder}))
def test_a_change_of_any_part_of_solver_works_everything_again(package: Path, folder: str) -> None:
    before = Manifest.read(package, ["markdown"]).key
    assert Manifest.read(package, ["markdown"]).key == before
    os.utime(package / folder / "file", (2, 2))
    assert Manifest.read(package, ["markdown"]).key != before


def test_what_python_compiles_is_no_change_of_solver(package: Path) -> None:
    before = Manifest.read(package, ["markdown"]).key
    (package / "solver/__pycache__").mkdir(exist_ok=True)
    (package / "solver/__pycache__/cli.pyc").touch()
    assert Manifest.read(package, ["markdown"]).key == before


@pytest.mark.parametrize("change", ["size", "time", "deleted"])
@pytest.mark.parametrize("output", ["latex/p.tex", "latex/p/E.tex", "latex/p/h_in.tex"])
def test_each_file_that_was_written_is_looked_at(package: Path, output: str, change: str) -> None:
    spec, outputs = package / "p.yaml", [package / "out/latex/p.tex"]
    outputs += [package / "out/latex/p" / name for name in ("E.tex", "h_in.tex")]
    outputs[1].parent.mkdir(parents=True)
    for path in (spec, *outputs):
        path.write_text("text")
    manifest = Manifest.read(package / "out", ["latex"])
    assert not manifest.is_fresh(spec)
    manifest.record(spec, outputs)
    manifest.file.parent.mkdir(parents=True)
    manifest.file.write_text(manifest.text())
    assert Manifest.read(package / "out", ["latex"]).is_fresh(str(spec))

    changed, state = package / "out" / output, (package / "out" / output).stat()
    match change:
        case "size":
            changed.write_text("longer text")
            os.utime(changed, ns=(state.st_atime_ns, state.st_mtime_ns))
        case "time":
            os.utime(changed, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
        case "deleted":
            changed.unlink()
    assert not Manifest.read(package / "out", ["latex"]).is_fresh(spec)
    assert Manifest.read(package / "out", ["latex", "json"]).key != Manifest.read(package / "out", ["latex"]).key


def test_a_spec_is_one_however_it_is_named(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (package / "p.yaml").write_text("text")
    monkeypatch.chdir(package)
    manifest = Manifest.read(package, ["latex"])
    assert not manifest.is_fresh("p.yaml")
    manifest.record("p.yaml", [])
    assert manifest.is_fresh(package / "p.yaml")
    assert manifest.is_fresh("solver/../p.yaml")
