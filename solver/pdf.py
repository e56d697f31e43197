"""LaTeX -> PDF by latexmk and pdflatex, shut in: a fresh folder, no shell, no reads or writes outside it, a timeout."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from solver.diagnostics import SolverError

TIMEOUT = 120
"""Seconds that a document may take; a book of 1,000 pages takes less than a minute."""
COMMAND = (
    "latexmk", "-norc", "-pdf", "-silent", "-halt-on-error", "-interaction=nonstopmode", "-no-shell-escape",
    "-latexoption=-no-shell-escape", "-file-line-error",
)  # fmt: skip
"""-norc, because latexmk runs code from a latexmkrc it finds; -no-shell-escape, because LaTeX would run programs."""
CONFINED = {"openin_any": "p", "openout_any": "p", "shell_escape": "f", "TEXMFOUTPUT": ""}
KEPT = ("PATH", "HOME", "TEXMFHOME", "TEXMFVAR", "TEXMFCONFIG", "SOURCE_DATE_EPOCH", "SYSTEMROOT", "TMPDIR")
INSTALL = "apt install latexmk texlive-latex-recommended texlive-pictures lmodern"
FAULT = re.compile(r"^(?:!|\./?[^:\n]*:\d+:) ?(.*)$", re.MULTILINE)
MISSING = re.compile(r"File `([^']*)' not found")


class PdfError(SolverError):
    """LaTeX is not there, or does not make a PDF of a document; says what to install or what LaTeX says."""


def refuse_missing_tools() -> None:
    """Raises PdfError where a program is missing, with what to install."""
    missing = [tool for tool in ("latexmk", "pdflatex") if shutil.which(tool) is None]
    if missing:
        raise PdfError(f"PDF needs {' and '.join(missing)}; on Debian: {INSTALL}")


def typeset(files: Mapping[str, str], main: str) -> bytes:
    """The PDF of the LaTeX file `main`, which may read the other files.

    The same bytes for the same files where SOURCE_DATE_EPOCH is set. Raises PdfError.
    """
    refuse_missing_tools()
    with tempfile.TemporaryDirectory(prefix="solver-pdf-") as place:
        folder = Path(place)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        try:
            done = _run([*COMMAND, main], folder)
        except subprocess.TimeoutExpired:
            raise PdfError(f"LaTeX did not finish {main} within {TIMEOUT} seconds") from None
        made = folder / f"{Path(main).stem}.pdf"
        if done != 0 or not made.is_file():
            raise PdfError(_reason(folder / f"{Path(main).stem}.log", main))
        return made.read_bytes()


def _run(command: list[str], folder: Path) -> int:
    """The exit code of a command; at the timeout it is ended with all that it started."""
    program = subprocess.Popen(
        command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        return program.wait(TIMEOUT)
    except BaseException:
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        raise


def _environment() -> dict[str, str]:
    """What LaTeX needs of the environment, and where it may read and write."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    if "SOURCE_DATE_EPOCH" in kept:
        kept["FORCE_SOURCE_DATE"] = "1"
    return kept | CONFINED


def _reason(log: Path, main: str) -> str:
    """The first error of a log, and what to install where a file is missing."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    if missing := MISSING.search(text):
        return f"LaTeX has no {missing[1]}; on Debian: {INSTALL}"
    found = FAULT.search(text)
    return f"LaTeX cannot typeset {main}: {found[1] if found else 'it left no reason'}"
