"""Documents -> the course site: generated pages beside the hand-written ones, navigation, mathematics without a CDN."""

from __future__ import annotations

import importlib.util
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solver.chapters import by_chapter
from solver.diagnostics import SolverError
from solver.escape import escape_markdown
from solver.templates import templates

MATHJAX = ("tex-svg.js", "ui/safe.js", "input/tex/extensions")
"""What the pages load of MathJax: TeX in, SVG out, and the extension that takes the life out of links."""
CHAPTERS = b"<!-- chapters -->"
"""In its place on the first page stand links to the chapters."""


class SiteError(SolverError):
    """The site cannot be built; says what to install or mend."""


@dataclass(frozen=True, slots=True)
class Page:
    """A generated page: its problem's id and title, its chapter and its place there, its Markdown."""

    id: str
    title: str
    chapter: str
    markdown: str
    order: int = 0


def build_site(pages: Sequence[Page], output: Path, config: Path | None) -> list[str]:
    """Builds the site into `output` and returns the warnings of the build.

    `config` is the author's mkdocs.yml; its docs folder holds the hand-written pages. Raises SiteError where a package
    is missing or the configuration is wrong.
    """
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    config = config or _default_config()
    try:
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
        from mkdocs.exceptions import MkDocsException
    except ImportError:
        raise SiteError("the site needs mkdocs-material: pip install 'worked-solver[site]'") from None
    with tempfile.TemporaryDirectory(prefix="solver-site-") as folder:
        docs = Path(folder)
        try:
            own = load_config(str(config))
            _collect(pages, Path(own.docs_dir), docs)
            nav = _navigation(pages, own.nav)
            settings = load_config(str(config), docs_dir=str(docs), site_dir=str(output.resolve()), nav=nav)
            with _Warnings() as warnings:
                settings.plugins.run_event("startup", command="build", dirty=False)
                build(settings)
                settings.plugins.run_event("shutdown")
        except MkDocsException as error:
            raise SiteError(f"{config}: {error}") from None
    return warnings


def _default_config() -> Path:
    """The author's configuration, else the built-in one."""
    own = Path("site/mkdocs.yml")
    return own if own.is_file() else templates() / "site" / "mkdocs.yml"


def _collect(pages: Sequence[Page], own: Path, docs: Path) -> None:
    """All pages and assets in one folder, as mkdocs wants them; the author's own files win over the built-in ones."""
    shutil.copytree(templates() / "site" / "docs", docs, dirs_exist_ok=True)
    if own.is_dir():
        shutil.copytree(own, docs, dirs_exist_ok=True)
    _mathjax(docs / "assets" / "mathjax")
    for chapter, members in by_chapter(pages).items():
        folder = docs / "problems" / slug(chapter)
        folder.mkdir(parents=True, exist_ok=True)
        for member in members:
            (folder / f"{member.id}.md").write_text(member.markdown, encoding="utf-8")
        (folder / "index.md").write_text(_contents(chapter, members), encoding="utf-8")
    home = docs / "index.md"
    home.write_bytes(home.read_bytes().replace(CHAPTERS, _chapters(pages).encode()))


def _chapters(pages: Sequence[Page]) -> str:
    """A link to each chapter, and how many problems stand in it."""
    chapters = by_chapter(pages).items()
    counts = {chapter: f"{len(found)} problem{'s' if len(found) > 1 else ''}" for chapter, found in chapters}
    links = ((escape_markdown(chapter), slug(chapter), count) for chapter, count in counts.items())
    return "\n".join(f"- [{title}](problems/{folder}/index.md): {count}" for title, folder, count in links)


def _mathjax(target: Path) -> None:
    spec = importlib.util.find_spec("mathjax")
    if spec is None or not spec.submodule_search_locations:
        raise SiteError("the site needs MathJax: pip install 'worked-solver[site]'")
    source = Path(spec.submodule_search_locations[0]) / "static" / "mathjax" / "es5"
    for part in MATHJAX:
        (target / part).parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, target / part, dirs_exist_ok=True)
        else:
            shutil.copyfile(source / part, target / part)


def _contents(chapter: str, members: Sequence[Page]) -> str:
    links = "\n".join(f"- [{escape_markdown(member.title)}]({member.id}.md)" for member in members)
    return f"# {escape_markdown(chapter)}\n\n{links}\n"


def _navigation(pages: Sequence[Page], own: Any) -> list[Any]:
    """The author's first page, then a section a chapter, then the author's other pages."""
    chapters: list[Any] = []
    for chapter, members in by_chapter(pages).items():
        folder = f"problems/{slug(chapter)}"
        inside = [{member.title: f"{folder}/{member.id}.md"} for member in members]
        chapters.append({chapter: [f"{folder}/index.md", *inside]})
    hand_written = list(own or [{"Home": "index.md"}])
    return [*hand_written[:1], *chapters, *hand_written[1:]]


def slug(text: str) -> str:
    """A chapter's name as part of an address."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain or "chapter-" + "-".join(f"{ord(character):x}" for character in text[:20])


class _Warnings(logging.Handler):
    """Collects what mkdocs warns of while the site is built."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())

    def __enter__(self) -> list[str]:
        logger = logging.getLogger("mkdocs")
        logger.addHandler(self)
        logger.propagate = False
        return self.found

    def __exit__(self, *_: object) -> None:
        logging.getLogger("mkdocs").removeHandler(self)
