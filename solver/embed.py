"""Python-Markdown extension: a line `::: solver <id> step=<name>` becomes that worked solution, or that step of it."""

from __future__ import annotations

import difflib
import html
import logging
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

LINE = re.compile(r"(?P<indent>[ \t]*):::[ \t]*solver(?:[ \t]+(?P<rest>.*?))?[ \t]*")
NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*\w)?", re.ASCII)
HEADING = re.compile(r" {0,3}(#{1,6})(?=\s|$)")
UNDERLINE = re.compile(r"(=+|-+)[ \t]*")
APART = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`))|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$]+?)\$",
    re.DOTALL,
)
"""What a fragment holds that is not running text: code, an escaped mark, formulas."""
OPTIONS = ("step", "level", "heading")
LOG = "mkdocs.solver"
"""MkDocs counts the warnings of loggers below its own, so that `mkdocs build --strict` stops at a wrong line."""


class EmbedError(Exception):
    """A line that cannot be followed: what is wrong, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Request:
    """What a line asks for; `level` is that of the fragment's first heading, 0 where the page decides it."""

    id: str
    step: str = ""
    level: int = 0
    heading: bool = True


class EmbedExtension(Extension):
    """`markdown_extensions: [{solver.embed: {build: build}}]` in mkdocs.yml; `build` is solver's output folder."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "build": ["build", "The folder that solver render wrote to, from the folder the command is run in."],
        }
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        """Runs after fenced code is put aside (25), so that a fence shows the line, and before HTML is read (20)."""
        folder = Path(str(self.getConfig("build"))) / "fragments"
        md.preprocessors.register(Embed(md, folder), "solver-embed", 24)


def makeExtension(**options: Any) -> EmbedExtension:  # noqa: N802 - the name is Python-Markdown's
    """The extension under the name of its module, for a Python-Markdown that does not look at entry points."""
    return EmbedExtension(**options)


class Embed(Preprocessor):
    """Replaces each line by the Markdown of its fragment, or by what is wrong with it."""

    def __init__(self, md: Markdown, folder: Path) -> None:
        super().__init__(md)
        self.md, self.folder = md, folder

    def run(self, lines: list[str]) -> list[str]:
        """The page with every embedded fragment in it, its headings one level below the author's."""
        found: list[str] = []
        level = 0
        for line in lines:
            asked = LINE.fullmatch(line)
            if asked is None:
                level = _heading_level(line, found[-1] if found else "") or level
                found.append(line)
                continue
            try:
                request = read_request(asked["rest"] or "")
                text = fragment(self.folder, request, request.level or level + 1)
                inserted = APART.sub(self.put_aside, text).split("\n")
            except EmbedError as error:
                logging.getLogger(LOG).warning("%s: %s (%s)", line.strip(), error, error.hint)
                inserted = [self.md.htmlStash.store(shown(error))]
            found += ["", *(asked["indent"] + part if part else "" for part in inserted), ""]
        return found

    def put_aside(self, part: re.Match[str]) -> str:
        """A formula where Markdown cannot touch it, marked for MathJax and KaTeX as arithmatex marks it."""
        if part["code"]:
            return part[0]
        if mark := part["escaped"]:
            return part[0] if mark in self.md.ESCAPED_CHARS else f"&#{ord(mark)};"
        if part["display"]:
            formula = html.escape(part["display"], quote=False)
            return self.md.htmlStash.store(f'<div class="arithmatex">\\[{formula}\\]</div>')
        formula = html.escape(part["inline"], quote=False)
        return self.md.htmlStash.store(f'<span class="arithmatex">\\({formula}\\)</span>')


def read_request(text: str) -> Request:
    """The id and options of a line. Raises EmbedError for what cannot be read."""
    example = "write it as ::: solver <id> step=<step>"
    try:
        first, *rest = shlex.split(text) or [""]
    except ValueError:
        raise EmbedError("a quotation mark is not closed", example) from None
    if not first or "=" in first:
        raise EmbedError("it names no problem", example)
    options = {}
    for option in rest:
        key, equals, value = option.partition("=")
        if key not in OPTIONS or not equals:
            raise EmbedError(f"there is no option {option!r}", _nearest(key, OPTIONS, "options"))
        options[key] = value
    if options.get("heading", "yes") not in ("yes", "no"):
        raise EmbedError(f"heading cannot be {options['heading']!r}", "heading is yes or no")
    if not re.fullmatch("[1-6]?", level := options.get("level", "")):
        raise EmbedError(f"level cannot be {level!r}", "level is 1 to 6, that of the first heading")
    return Request(first, options.get("step", ""), int(level or 0), options.get("heading", "yes") == "yes")


def fragment(folder: Path, request: Request, level: int) -> str:
    """The Markdown of a problem or a step, its first heading at `level`. Raises EmbedError where there is none."""
    if not folder.is_dir():
        raise EmbedError(
            f"there is no folder {folder}",
            "run 'solver render PROBLEMS --to fragments' first, or name its output folder with the option 'build'",
        )
    whole = _named(folder, request.id, "problem")
    text = whole
    if request.step:
        steps = folder / request.id
        text = _named(steps, request.step, f"step of {request.id}")
    lines = text.rstrip("\n").split("\n")
    headings = [found[1] for line in lines if (found := HEADING.match(line))]
    if not request.heading and HEADING.match(lines[0]):
        lines = lines[1:]
        headings = headings[1:]
    if not headings:
        return "\n".join(lines).strip("\n")
    shift = level - min(map(len, headings))
    return "\n".join(_shifted(line, shift) for line in lines).strip("\n")


def _named(folder: Path, name: str, kind: str) -> str:
    """A file of a folder by its name; only names that the folder lists are ever opened."""
    names = sorted(path.stem for path in folder.glob("*.md"))
    if not NAME.fullmatch(name) or name not in names:
        raise EmbedError(f"there is no {kind} called {name!r} in {folder}", _nearest(name, names, "names there"))
    return (folder / f"{name}.md").read_text(encoding="utf-8")


def _nearest(name: str, names: Sequence[str], what: str) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"the {what}: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}" if names else f"no {what}"


def _shifted(line: str, shift: int) -> str:
    """A heading at another level; below the sixth there is none, so it stays there."""
    found = HEADING.match(line)
    if found is None:
        return line
    return "#" * min(max(len(found[1]) + shift, 1), 6) + line[found.end(1) :]


def _heading_level(line: str, before: str) -> int:
    """The level of the heading that ends at this line; 0 where none does."""
    if found := HEADING.match(line):
        return len(found[1])
    if UNDERLINE.fullmatch(line) and before.strip() and not HEADING.match(before):
        return 1 if line[0] == "=" else 2
    return 0


def shown(error: EmbedError) -> str:
    """An error as a reader of the page sees it, in the colours that themes give to failures."""
    title, hint = html.escape(f"solver: {error}"), html.escape(error.hint)
    return (
        f'<div class="admonition failure solver-error" role="alert"><p class="admonition-title">{title}</p>'
        f"<p>{hint}</p></div>"
    )
