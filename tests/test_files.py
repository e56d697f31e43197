"""Which files are specs, and in which order they are worked."""

from __future__ import annotations

from pathlib import Path

import pytest

from solver.files import find_specs, name_faults


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files in an order that is neither that of their names nor that of their making."""
    monkeypatch.chdir(tmp_path)
    files = ("b/x.yaml", "a/z.yml", "top.yaml", "a/y-2.yaml", "a/y.yaml", "a-b/w.yaml", "a/in/v.yaml", ".git/c.yaml")
    for name in (*files, "a/.hidden.yaml", "a/notes.md", "folder.yaml/u.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "linked.yaml").symlink_to(tmp_path / "b/x.yaml")
    return tmp_path


def test_specs_are_found_folder_by_folder_and_named_as_the_author_names_them(course: Path) -> None:
    expected = (
        "linked.yaml", "top.yaml", "a/y.yaml", "a/y-2.yaml", "a/z.yml", "a/in/v.yaml", "a-b/w.yaml", "b/x.yaml",
        "folder.yaml/u.yaml",
    )  # fmt: skip
    assert find_specs([Path()]) == expected
    assert find_specs([course]) == tuple(str(course / name) for name in expected)
    by_parts = sorted(map(Path, expected), key=lambda path: (path.parent.parts, path.stem))
    assert tuple(map(str, by_parts)) == expected


def test_a_spec_that_is_named_twice_is_worked_once(course: Path) -> None:
    assert find_specs([Path("a/y.yaml"), Path("b"), Path("b/x.yaml"), Path("./a/y.yaml")]) == ("a/y.yaml", "b/x.yaml")


def test_a_path_that_is_not_there_is_said(course: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nothing"):
        find_specs([Path("nothing")])


def test_namesakes_and_reserved_names_are_faults() -> None:
    faults = name_faults(["a/p.yaml", "b/P.yml", "index.yaml", "a b.yaml", "fine.yaml"])
    assert {path: fault.code for path, fault in faults.items()} == {
        "a/p.yaml": "S204", "b/P.yml": "S204", "index.yaml": "S205", "a b.yaml": "S205",
    }  # fmt: skip
