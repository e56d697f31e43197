"""What axe-core finds on a page of the site and in decks: nothing but what the theme and MathJax bring."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, needs

from solver.cli import main

IDS = ("network-2-1-1", "sigmoid")
NOT_OURS = {
    "aria-dialog-name",  # the search of mkdocs-material
    "landmark-unique",  # its navigation
    "empty-table-header",  # a header that is one formula: MathJax's picture, with MathML beside it that axe takes for hidden
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A site and decks of two problems, at an address of this machine."""
    folder = tmp_path_factory.mktemp("access")
    paths = [str(path) for path in PROBLEMS if path.stem in IDS]
    for command in (
        ["render", *paths, "--to", "revealjs", "-o", str(folder)],
        ["site", *paths, "-o", str(folder / "site")],
    ):
        result = CliRunner().invoke(main, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    server = ThreadingHTTPServer(("localhost", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}", folder
    server.shutdown()


def test_pages_and_decks_can_be_used_without_seeing_them(served: tuple[str, Path]) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    address, folder = served
    pages = [str(page.relative_to(folder)) for id in IDS for page in folder.glob(f"site/**/{id}/index.html")]
    assert len(pages) == 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=needs("chromium", "chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for place in (*pages, *(f"revealjs/{id}.html" for id in IDS)):
            page.goto(f"{address}/{place}")
            page.wait_for_selector("mjx-container svg", state="attached")
            if place.startswith("revealjs"):
                page.wait_for_function("window.Reveal && Reveal.isReady && Reveal.isReady()")
                page.evaluate("Reveal.slide(2)")
            found = Axe().run(page).response["violations"]
            own = {
                fault["id"]: [node["html"] for node in fault["nodes"]] for fault in found if fault["id"] not in NOT_OURS
            }
            assert own == {}, place
            assert place.startswith("site") or not found, place
        browser.close()
