"""The command line: arguments, files, exit codes, diagnostics. The only module that prints."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from solver import __version__

if TYPE_CHECKING:
    from solver.diagnostics import Diagnostic
    from solver.pipeline import Worked, Written
    from solver.problem import Head

    Chapter = tuple[Head, str]

FINE, PROBLEM, USAGE = 0, 1, 2
INTERNAL = "S901"
BOOK = "book"
FORMAT_NAMES = (
    "markdown", "latex", "json", "beamer", "pdf", "revealjs", "marp", "pptx", "docx", "ipynb", "fragments",
)  # fmt: skip
USUAL = ("markdown", "latex", "json")
ANSWERS_ONLY = ("json",)
"""Formats that hold nothing but the solution."""
NEED_PROGRAMS = {"pdf", "pptx", "docx", "revealjs"}
"""Formats that are made with what may not be installed."""
SHEETS = "without-solutions"
"""The folder of the problem sheets, so that no sheet takes the place of a solution."""
PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="solver")
def main() -> None:
    """Turn short YAML problem specs into worked solutions in which every printed line is true.

    \b
    solver render problems/            Markdown, LaTeX and JSON into build/
    solver site problems/              the course site into build/site
    solver explain S303                the long text of a diagnostic

    A spec that is wrong is reported with its line; the other problems are still worked.
    Exit codes: 0 fine, 1 a problem has an error, 2 usage, files or an internal error.
    """


@main.command()
@PATHS
@click.option("--to", "formats", default=",".join(USUAL), show_default=True, metavar="FORMATS",
              help=f"Output formats, separated by commas: {', '.join(FORMAT_NAMES)}.")  # fmt: skip
@click.option("-o", "--output", default=Path("build"), show_default=True, type=click.Path(path_type=Path),
              help="Folder to write to; each format has a folder of its own in it.")  # fmt: skip
@click.option("--without-solutions", is_flag=True,
              help=f"The problems alone: statement, givens, what is asked; into the folder {SHEETS}.")  # fmt: skip
@click.option("--book", is_flag=True, help="With --to pdf: all problems in one file with contents, book.pdf.")
def render(paths: tuple[Path, ...], formats: str, output: Path, without_solutions: bool, book: bool) -> None:
    """Work the problems in PATHS (files or folders) and write their solutions.

    The path of each file that is new or changed goes to standard output.
    """
    names = _formats(formats, without_solutions, book)
    output = output / SHEETS if without_solutions else output
    from solver.manifest import Manifest

    specs, faults = _specs(paths)
    manifest = Manifest.read(output, names)
    stale = [spec for spec in specs if book or spec in faults or not manifest.is_fresh(spec)]
    done, failed, internal = len(specs) - len(stale), 0, False
    if stale:
        from solver.files import write_file

        bound: list[Chapter] = []
        try:
            for path, worked, written in _typeset(_work_all(stale, faults, names, not without_solutions)):
                internal = internal or _is_internal(written)
                targets: list[Path] = []
                for name, made in written.outputs.items():
                    if name == BOOK:
                        continue
                    files = {output / name / file: content for file, content in made.files.items()}
                    for target, content in files.items():
                        if write_file(target, content) and (
                            target == next(iter(files)) or target.parent == output / name
                        ):
                            click.echo(str(target))  # pages; the pieces in a folder go without saying
                        targets.append(target)
                if written.outputs:
                    done += 1
                    for piece in manifest.left_over(path, targets):
                        piece.unlink(missing_ok=True)
                    manifest.record(path, targets)
                    if BOOK in written.outputs and worked.solution:
                        bound.append((worked.solution.problem.head, written.outputs[BOOK].text))
                else:
                    failed += 1
                    manifest.forget(path)
            if bound and write_file(output / "book.pdf", _bound(bound)):
                click.echo(str(output / "book.pdf"))
        except OSError as error:
            _stop(f"cannot write {error.filename}: {error.strerror}")
        with contextlib.suppress(OSError):  # without a cache everything is worked again next time
            if not book:
                write_file(manifest.file, manifest.text())
    _summary(done, failed, f"{', '.join(names)} in {output}", internal)


@main.command()
@PATHS
@click.option("-o", "--output", default=Path("build/site"), show_default=True, type=click.Path(path_type=Path),
              help="Folder for the built site; it is emptied first.")  # fmt: skip
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False),
              help="Your mkdocs.yml. [default: site/mkdocs.yml if it is there, else a built-in one]")  # fmt: skip
def site(paths: tuple[Path, ...], output: Path, config: Path | None) -> None:
    """Build the course site from the problems in PATHS and your own pages, one section a chapter.

    Needs the extra: pip install 'worked-solver[site]'. The site asks no other host for anything.
    """
    from solver import publish

    pages, failed, internal = [], 0, False
    for _, worked, written in _work_all(*_specs(paths), ["markdown"]):
        internal = internal or _is_internal(written)
        if worked.solution is None or not written.texts:
            failed += 1
            continue
        head = worked.solution.problem.head
        pages.append(publish.Page(head.id, head.title, head.chapter, written.texts["markdown"], head.order))
    try:
        warnings = publish.build_site(pages, output, config)
    except publish.SiteError as error:
        _stop(str(error))
    except OSError as error:
        _stop(f"cannot write the site: {error}")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    if pages:
        click.echo(str(output / "index.html"))
    _summary(len(pages), failed, f"site in {output}", internal)


@main.command()
def schema() -> None:
    """Print the JSON Schema of the spec language, for editors that check YAML as you type."""
    import json

    from solver.schema import schema as made

    click.echo(json.dumps(made(), indent=1, ensure_ascii=False))


@main.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print the long text of a diagnostic such as S303; without CODE, list them all."""
    from solver.diagnostics import CODES

    if code is None:
        for name, (title, _) in CODES.items():
            click.echo(f"{name}  {title}")
        return
    if code.upper() not in CODES:
        _stop(f"there is no diagnostic {code}; 'solver explain' lists them")
    title, text = CODES[code.upper()]
    click.echo(f"{code.upper()}: {title}\n")
    click.echo(click.wrap_text(text, width=88))


def _formats(text: str, without_solutions: bool, book: bool) -> tuple[str, ...]:
    """The formats asked for; what cannot be made stops here, before anything is worked."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in FORMAT_NAMES]
    if unknown or not names:
        wrong = f"unknown format {unknown[0]!r}" if unknown else "no format"
        _stop(f"{wrong}; choose from {', '.join(FORMAT_NAMES)}")
    if without_solutions:
        names = tuple(name for name in names if name not in ANSWERS_ONLY)
        if not names:
            _stop(f"{text} holds nothing but the solution; --without-solutions writes the other formats")
    if book and "pdf" not in names:
        _stop("a book is a PDF: add --to pdf to --book")
    _refuse_missing(names)
    return tuple(BOOK if book and name == "pdf" else name for name in names)


def _refuse_missing(names: Sequence[str]) -> None:
    """Stops where a format needs what is not installed, with what to install."""
    if not NEED_PROGRAMS.intersection(names):
        return
    from solver.diagnostics import SolverError

    try:
        if "pdf" in names:
            from solver.pdf import refuse_missing_tools

            refuse_missing_tools()
        if "pptx" in names or "docx" in names:
            from solver.office import pandoc

            pandoc()
        if "revealjs" in names:
            from solver.assets import deck_files

            deck_files()
    except SolverError as error:
        _stop(str(error))


def _specs(paths: Sequence[Path]) -> tuple[Sequence[str], Mapping[str, Diagnostic]]:
    """The spec files under the paths, and those that cannot be worked because of their names."""
    from solver.files import find_specs, name_faults

    try:
        specs = find_specs(paths)
    except FileNotFoundError as error:
        _stop(f"there is no file or folder {error}")
    if not specs:
        _stop(f"no .yaml files in {', '.join(map(str, paths))}")
    return specs, name_faults(specs)


def _work_all(
    specs: Sequence[str], faults: Mapping[str, Diagnostic], formats: Sequence[str], with_solutions: bool = True
) -> Iterator[tuple[Path, Worked, Written]]:
    """Each problem worked and written in turn, its diagnostics printed as they come; a bar on a terminal.

    A problem that has an error, or of which a written line does not hold, comes without texts.
    """
    from solver.files import source_of
    from solver.pipeline import Worked, Written, collect_seldom, work, write

    collect_seldom()
    bar = click.progressbar(specs, file=sys.stderr, label="solving", hidden=len(specs) < 20 or not sys.stderr.isatty())
    with bar as progress:
        for spec in progress:
            path, worked, written = Path(spec), Worked(spec), Written()
            if spec in faults:
                written = Written(diagnostics=(faults[spec],))
            else:
                try:
                    worked = work(source_of(path))
                    written = write(worked, formats, with_solutions)
                except OSError as error:
                    _stop(f"cannot read {path}: {error.strerror}")
                except Exception as error:
                    written = Written(diagnostics=(_internal(path, error),))
            for diagnostic in written.diagnostics:
                click.echo(shown(diagnostic), err=True)
            yield path, worked, written


def _typeset(problems: Iterator[tuple[Path, Worked, Written]]) -> Iterator[tuple[Path, Worked, Written]]:
    """The problems with their PDFs in place of the LaTeX; LaTeX runs while the next problems are worked."""
    from concurrent.futures import Future, ThreadPoolExecutor
    from dataclasses import replace

    from solver.diagnostics import Diagnostic, Place
    from solver.pdf import PdfError, typeset
    from solver.pipeline import Written
    from solver.render import Output

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running: list[tuple[Path, Worked, Written, Future[bytes] | None]] = []
        for path, worked, written in problems:
            source = written.outputs.get("pdf")
            if source is None and not running:
                yield path, worked, written
                continue
            main = f"{path.stem}.tex"
            running.append((path, worked, written, pool.submit(typeset, {main: source.text}, main) if source else None))
        for path, worked, written, future in running:
            try:
                if future is not None:
                    outputs = {**written.outputs, "pdf": Output({f"{path.stem}.pdf": future.result()})}
                    written = replace(written, outputs=outputs)
            except PdfError as error:
                written = Written(diagnostics=(Diagnostic("S602", str(error), Place(str(path))),))
                click.echo(shown(written.diagnostics[0]), err=True)
            yield path, worked, written


def _bound(problems: Sequence[Chapter]) -> bytes:
    """All problems as one PDF, by chapters."""
    from solver.chapters import by_chapter
    from solver.pdf import PdfError, typeset
    from solver.render import book

    placed = by_chapter(head for head, _ in problems)
    chapters = {chapter: [head.id for head in inside] for chapter, inside in placed.items()}
    files = {f"{head.id}.tex": text for head, text in problems}
    try:
        return typeset({**files, "index.tex": book(chapters)}, "index.tex")
    except PdfError as error:
        _stop(str(error))


def _internal(path: Path, error: Exception) -> Diagnostic:
    """A fault of solver itself, as a diagnostic of the problem it happened in; SOLVER_DEBUG=1 shows where."""
    from solver.diagnostics import Diagnostic, Place

    if os.environ.get("SOLVER_DEBUG"):
        raise error
    message = f"solver failed on this problem: {type(error).__name__}: {error}"
    return Diagnostic(INTERNAL, message, Place(str(path)), "please report it with the file; nothing of it was written")


def shown(diagnostic: Diagnostic) -> str:
    """A diagnostic as it is printed: code, message, place, the line with a caret, a hint."""
    place = diagnostic.place
    lines = [f"error[{diagnostic.code}]: {diagnostic.message}"]
    if not place.line:
        lines.append(f"  --> {place.file}")
    else:
        margin = " " * len(str(place.line))
        lines.append(f"{margin} --> {place.file}:{place.line}:{place.column}")
        source, column = _window(place.text, place.column)
        lines += [f"{margin} |", f"{place.line} | {source}", f"{margin} | {' ' * (column - 1)}^"]
    if diagnostic.hint:
        lines.append(f"  = hint: {diagnostic.hint}")
    return "\n".join(lines) + "\n"


def _window(text: str, column: int, width: int = 100) -> tuple[str, int]:
    """The part of a long line around a column; tabs count as one character."""
    text = text.replace("\t", " ")
    start = max(0, column - width // 2) if len(text) > width else 0
    return text[start : start + width], column - start


def _is_internal(written: Written) -> bool:
    return any(diagnostic.code == INTERNAL for diagnostic in written.diagnostics)


def _summary(done: int, failed: int, what: str, internal: bool) -> NoReturn:
    problems = f"{done} problem{'' if done == 1 else 's'} solved"
    wrong = f", {failed} with errors" if failed else ""
    click.echo(f"{problems}{wrong}: {what}", err=True)
    sys.exit(USAGE if internal else PROBLEM if failed else FINE)


def _stop(message: str) -> NoReturn:
    click.echo(f"solver: {message}", err=True)
    sys.exit(USAGE)
