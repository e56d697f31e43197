"""What every test may ask for: golden files, external tools, the worked problems of this repository."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hypothesis
import pytest

from solver.files import find_specs, source_of
from solver.pipeline import Worked, work, write

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="solver-tests-")  # a test leaves nothing in anyone's cache

hypothesis.settings.register_profile("untimed", deadline=None)  # speed is a matter for the bench, not for a test
hypothesis.settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
PROBLEMS = [Path(spec) for spec in find_specs([ROOT / "problems"])]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files; read the diff")


@pytest.fixture
def golden(request: pytest.FixtureRequest):
    """Compares a text with tests/golden/<name>, or rewrites that file under --update-golden."""

    def compare(name: str, text: str, folder: str = "golden") -> None:
        path = Path(__file__).parent / folder / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"{path} is missing: run pytest --update-golden and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare


def unwrapped(text: str) -> str:
    """A written page with each reason in one row."""
    return re.sub(r"\} \\\\\n\s*& && \\text\{", " ", text)


def needs(tool: str, package: str) -> str:
    """The path of an external program; a test without it is skipped, or fails where SOLVER_REQUIRE_TOOLS is set."""
    found = shutil.which(tool)
    if found:
        return found
    reason = f"{tool} is not installed (Debian package {package})"
    if os.environ.get("SOLVER_REQUIRE_TOOLS"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A browser for the tests of one file."""
    program = needs("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@cache
def solved(id: str) -> Worked:
    """A problem of this repository, worked once for all tests."""
    (path,) = (path for path in PROBLEMS if path.stem == id)
    worked = work(source_of(path))
    assert not worked.diagnostics, worked.diagnostics
    return worked


def work_text(text: str, id: str = "problem") -> Worked:
    """A spec written in a test, worked."""
    from solver.source import Source

    return work(Source(id, "chapter", f"{id}.yaml", text.encode()))


def works(spec: str) -> Worked:
    """A spec written in a test, worked without a fault."""
    worked = work_text(spec)
    assert worked.diagnostics == ()
    return worked


def page_of(id: str) -> str:
    """The page of a problem of this repository."""
    return write(solved(id), ["markdown"]).texts["markdown"]


def page_from(spec: str) -> str:
    """The page of a spec written in a test, worked and read back without a fault."""
    written = write(works(spec), ["markdown"])
    assert written.diagnostics == ()
    return written.texts["markdown"]
