from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, ROOT

from solver.cli import main
from solver.publish import slug

DESKTOP, PHONE = (1280, 900), (390, 844)
WIDER_THAN_A_PHONE = ("derivatives-you", "network-2-2-2-adam-matrix")
"""Pages with a few fractions that no row of a phone has room for; a fraction cannot be broken."""
COUNT = """() => ({
    formulas: document.querySelectorAll('.arithmatex').length,
    rendered: document.querySelectorAll('.arithmatex > mjx-container > svg').length,
    errors: document.querySelectorAll('[data-mml-node="merror"]').length,
    raw: (document.body.innerText.match(/\\\\[(\\[]|\\$|\\\\frac/g) || []).length,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    wide: [...document.querySelectorAll('.md-content div.arithmatex')]
        .filter(display => display.scrollWidth > display.clientWidth).map(display => display.textContent.slice(0, 80)),
    cut: [...document.querySelectorAll('.solver-figure')].filter(box => box.scrollWidth > box.clientWidth).length,
    links: [...document.querySelectorAll('a')].filter(a => a.protocol === 'javascript:').length,
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material")
    output = tmp_path_factory.mktemp("built") / "site"
    result = CliRunner().invoke(
        main, ["site", str(ROOT / "problems"), "-o", str(output), "--config", str(ROOT / "site/mkdocs.yml")], catch_exceptions=False
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "warning" not in result.stderr, result.stderr
    return output


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    handler = functools.partial(Silent, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def pages(site: Path) -> list[str]:
    return sorted(str(page.parent.relative_to(site)) for page in site.glob("problems/*/*/index.html"))


def test_the_first_page_leads_to_every_chapter(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    article = home[home.index("<article") : home.index("</article>")]
    chapters = {page.split("/")[1] for page in pages(site)}
    assert set(re.findall(r'href="problems/([^/"]+)/"', article)) >= chapters
    assert len(chapters) > 1
    assert "chapters -->" not in home


def test_there_is_a_page_for_every_problem_and_an_index_for_every_chapter(site: Path) -> None:
    assert sorted(page.rpartition("/")[2] for page in pages(site)) == sorted(path.stem for path in PROBLEMS)
    for chapter in ("derivatives-you-will-need", "backpropagation-by-hand"):
        assert (site / "problems" / chapter / "index.html").is_file()
    for page in ("architecture", "decisions", "changelog", "problems", "commands"):
        assert (site / page / "index.html").is_file()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_formula_is_rendered_with_no_request_to_another_host(site, address, browser, size, scheme) -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page = context.new_page()
    elsewhere, complaints = [], []
    page.on(
        "request",
        lambda request: elsewhere.append(request.url) if not request.url.startswith((address, "data:")) else None,
    )
    # A request that the next page cuts short is no failure of the site.
    page.on(
        "requestfailed",
        lambda request: complaints.append(request.url) if request.failure != "net::ERR_ABORTED" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ["", *pages(site)]:
        page.goto(f"{address}/{path}/".replace("//", "/").replace(":/", "://"))
        page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
        page.evaluate("MathJax.startup.promise")
        seen = page.evaluate(COUNT)
        assert seen["rendered"] == seen["formulas"], (path, seen)
        assert seen["formulas"] > 0 or path == ""
        assert (seen["errors"], seen["raw"], seen["links"]) == (0, 0, 0), (path, seen)
        assert seen["overflow"] <= 0, (path, seen)
        assert seen["cut"] == 0 or size is PHONE, path
        if size is DESKTOP or not any(part in path for part in WIDER_THAN_A_PHONE):
            assert seen["wide"] == [], path
    assert elsewhere == []
    assert complaints == []
    context.close()


SAID = """() => [...document.querySelectorAll('.md-content div.arithmatex')].map(
    display => display.querySelector('mjx-assistive-mml').textContent.replace(/\\s/g, ''))"""
BROKEN = "() => document.querySelectorAll('.md-content div.arithmatex[data-tex]').length"


@pytest.mark.parametrize(
    "path",
    ["one-neuron/linear-regression-absolute-error", "one-neuron/logistic-regression-three-rows",
     "two-outputs/network-2-2-2-wrong-order", "derivatives-you-will-need/softmax", "two-outputs/network-3-2-2-matrix"],
)  # fmt: skip
def test_what_is_broken_for_a_narrow_screen_says_the_same_and_is_whole_again(path, address, browser) -> None:
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(f"{address}/problems/{path}/")
    page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
    page.evaluate("MathJax.startup.promise")
    whole = page.evaluate(SAID)
    assert page.evaluate(BROKEN) == 0
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.wait_for_function(f"({BROKEN})() > 0")
    page.wait_for_function("document.querySelectorAll('div.arithmatex:not(:has(svg))').length == 0")
    assert page.evaluate(SAID) == whole
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.wait_for_function(f"({BROKEN})() == 0")
    page.wait_for_function("document.querySelectorAll('div.arithmatex:not(:has(svg))').length == 0")
    assert page.evaluate(SAID) == whole
    page.close()


def test_a_reason_stands_below_its_line_on_a_narrow_screen_and_beside_it_on_a_wide_one(address, browser) -> None:
    rows = """() => { const display = document.querySelector('.md-content div.arithmatex');
        return display.querySelectorAll('[data-mml-node="mtable"] > [data-mml-node="mtr"]').length; }"""
    found = {}
    for width, height in (DESKTOP, PHONE):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(f"{address}/problems/one-neuron/perceptron-and-threshold-1/")
        page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
        page.evaluate("MathJax.startup.promise")
        found[width] = page.evaluate(rows)
        page.close()
    assert found == {1280: 4, 390: 5}


def test_no_line_of_text_begins_with_the_mark_that_follows_a_formula(address, browser) -> None:
    page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{address}/problems/two-outputs/network-2-2-2-wrong-order/")
    page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
    page.evaluate("MathJax.startup.promise")
    marks = """() => [...document.querySelectorAll('.md-content span.arithmatex')].map(formula =>
        formula.nextSibling && formula.nextSibling.nodeType === 3 && /^[.,;:)]/.test(formula.nextSibling.data)
            ? 'loose' : formula.lastChild.nodeType === 3 ? getComputedStyle(formula).whiteSpace : '').filter(Boolean)"""
    found = page.evaluate(marks)
    assert len(found) > 10
    assert {*found} == {"nowrap"}
    page.close()


def test_the_pages_of_a_chapter_stand_in_the_order_that_the_author_says(site: Path) -> None:
    contents = (site / "problems/backpropagation-by-hand/index.html").read_text(encoding="utf-8")
    article = contents[contents.index("<article") : contents.index("</article>")]
    found = re.findall(r'href="([\w-]+)/"', article)
    assert found[:3] == ["network-2-1-1", "network-3-2-1", "network-3-2-1-stated"]


def test_a_drawing_that_is_shown_small_opens_in_full(address, browser) -> None:
    page = browser.new_page(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(f"{address}/problems/sequences/rnn-three-steps/")
    offers = page.get_by_role("button", name="Enlarge the drawing")
    assert offers.count() == 2
    offers.first.click()
    whole = page.locator("dialog .solver-figure svg")
    drawn = whole.evaluate("svg => svg.viewBox.baseVal.width")
    assert (
        whole.bounding_box()["width"]
        >= drawn
        > page.locator("article .solver-figure svg").first.bounding_box()["width"]
    )
    page.keyboard.press("Escape")
    assert page.locator("dialog.solver-whole").count() == 0
    page.goto(f"{address}/problems/sequences/convolution/")
    assert page.get_by_role("button", name="Enlarge the drawing").count() == 0
    page.close()


def test_all_parts_of_a_drawing_follow_the_colours_of_the_page(address, browser) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{address}/problems/one-neuron/gradient-descent-valley/")
    colour = "(element, property) => getComputedStyle(element)[property]"
    points, curve = page.locator(".solver-point"), page.locator(".solver-curve")
    assert points.count() == 4
    assert points.first.evaluate(f"e => ({colour})(e, 'fill')") == curve.evaluate(f"e => ({colour})(e, 'stroke')")
    page.close()


@pytest.mark.parametrize(
    ("path", "fits"),
    [("one-neuron/gradient-descent-valley", True), ("derivatives-you-will-need/hinge", True), ("two-outputs/network-2-2-2", False)],
)  # fmt: skip
def test_a_plot_fits_a_narrow_screen_and_a_wide_network_scrolls(path: str, fits: bool, address, browser) -> None:
    page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    page.goto(f"{address}/problems/{path}/")
    box = page.locator(".solver-figure").last
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth") == fits
    page.close()


def test_the_numbers_of_a_table_are_of_one_size_on_a_narrow_screen(address, browser) -> None:
    page = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    for path in ("softmax", "cross-entropy"):
        page.goto(f"{address}/problems/derivatives-you-will-need/{path}/")
        page.wait_for_function("window.MathJax && MathJax.startup && MathJax.startup.promise")
        page.evaluate("MathJax.startup.promise")
        sizes = page.evaluate("""() => [...document.querySelectorAll('.md-content td svg')].map(
            svg => Math.round(svg.getBoundingClientRect().width / svg.viewBox.baseVal.width * 1e5))""")
        assert len(sizes) > 10
        assert max(sizes) - min(sizes) <= 0.02 * max(sizes)
    page.close()


def test_the_site_is_built_from_any_folder_with_the_built_in_pages(tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("material")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "double.yaml").write_text("title: Twice\ngiven: {x: 2}\ndefine: {a: 2*x}\n")
    (tmp_path / "specs" / "wrong.yaml").write_text("title: Wrong\ngiven: {x: two}\ndefine: {a: 2*x}\n")
    result = CliRunner().invoke(main, ["site", "specs"], catch_exceptions=False)
    assert result.exit_code == 1
    assert "error[S203]" in result.stderr
    assert (tmp_path / "build/site/problems/specs/double/index.html").is_file()
    assert not (tmp_path / "build/site/problems/specs/wrong").exists()
    assert (tmp_path / "build/site/assets/mathjax/tex-svg.js").is_file()


def test_a_broken_configuration_is_said(tmp_path: Path) -> None:
    config = tmp_path / "mkdocs.yml"
    config.write_text("site_name: x\ntheme: nothing\n")
    result = CliRunner().invoke(
        main, ["site", str(ROOT / "problems"), "-o", str(tmp_path / "out"), "--config", str(config)]
    )
    assert result.exit_code == 2
    assert "mkdocs.yml" in result.stderr


@pytest.mark.parametrize(
    ("chapter", "expected"),
    [
        ("Backpropagation by hand", "backpropagation-by-hand"),
        ("../..", "chapter-2e-2e-2f-2e-2e"),
        ("微分", "chapter-5fae-5206"),
    ],
)
def test_a_chapters_name_becomes_an_address(chapter: str, expected: str) -> None:
    assert slug(chapter) == expected
