"""Markdown -> a Jupyter notebook: a cell for what stands under each heading, and a slide for each in slide shows."""

from __future__ import annotations

import json
import re
from typing import Any

HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)


def notebook(markdown: str, title: str, language: str) -> str:
    """The page as a notebook of format 4.5. Cells are numbered, so that the same page gives the same notebook."""
    starts = [found.start() for found in HEADING.finditer(markdown)]
    ends = [*starts[1:], len(markdown)]
    cells = [
        _cell(number, markdown[start:end].strip()) for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
    data = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "lang": language,
            "title": title,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, source: str) -> dict[str, Any]:
    depth = source.index(" ")
    kind = "slide" if depth <= 2 else "subslide"
    return {
        "cell_type": "markdown",
        "id": f"cell-{number}",
        "metadata": {"slideshow": {"slide_type": kind}},
        "source": source.splitlines(keepends=True),
    }
