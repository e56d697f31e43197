"""Files of other projects that pages and decks load: read from where pip installed them, none of them kept here."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path

from solver.diagnostics import SolverError

REVEAL = {"reset.css": "reset.css", "reveal.css": "reveal.css", "reveal.js": "reveal.js", "notes.js": "plugin/notes.js"}
"""What a deck loads of reveal.js, and where it is in the package."""
MATHJAX = {name: name for name in ("tex-svg.js", "ui/safe.js", "input/tex/extensions/boldsymbol.js")}
"""What a deck loads of MathJax: TeX in, SVG out, the extension that takes the life out of links, bold vectors."""


class AssetError(SolverError):
    """A package that carries files of other projects is missing; says what to install."""


def mathjax(extra: str) -> Path:
    """The folder of MathJax 3. Raises AssetError where the package is missing; `extra` is what installs it."""
    return _carried("mathjax", "static/mathjax/es5", "MathJax", extra)


def reveal(extra: str) -> Path:
    """The folder of reveal.js 6."""
    return _carried("pyreveal", "revealjs/dist", "reveal.js", extra)


def deck_files() -> Mapping[str, Path]:
    """The files of other projects that a deck loads, by their names in its folder `assets`."""
    found = {name: reveal("slides") / inside for name, inside in REVEAL.items()}
    return found | {name: mathjax("slides") / inside for name, inside in MATHJAX.items()}


def _carried(package: str, inside: str, what: str, extra: str) -> Path:
    """A folder of an installed package, which is never imported."""
    spec = importlib.util.find_spec(package)
    for folder in spec.submodule_search_locations or () if spec else ():
        if (found := Path(folder) / inside).is_dir():
            return found
    raise AssetError(f"{what} is missing: pip install 'worked-solver[{extra}]'")
