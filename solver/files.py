"""The disk: which files are specs, what their ids are, and writing that leaves the old file or the new, never half."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from solver.diagnostics import Diagnostic, Place
from solver.source import Source

ENDINGS = (".yaml", ".yml")
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
RESERVED = {"con", "prn", "aux", "nul", "index", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def find_specs(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The spec files under the paths, sorted; files and folders that begin with a dot are left out.

    Raises FileNotFoundError for a path that is not there.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(sorted(_walk(path), key=lambda spec: (spec.parent.parts, spec.stem))))
        elif path.is_file():
            found[path] = None
        else:
            raise FileNotFoundError(path)
    return tuple(found)


def _walk(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        folders[:] = [inner for inner in folders if not inner.startswith(".")]
        yield from (Path(name, file) for file in files if file.endswith(ENDINGS) and not file.startswith("."))


def name_faults(specs: Iterable[Path]) -> dict[Path, Diagnostic]:
    """Specs that cannot be told apart or cannot be named in an address; neither of two namesakes is worked."""
    faults: dict[Path, Diagnostic] = {}
    first: dict[str, Path] = {}
    for path in specs:
        id = path.stem
        if not ID.fullmatch(id) or id.lower() in RESERVED:
            hint = "letters, digits, - and _ only; a name such as index or con is reserved"
            faults[path] = Diagnostic("S205", f"{id!r} cannot be the id of a problem", Place(str(path)), hint)
            continue
        other = first.setdefault(id.lower(), path)
        if other != path:
            for one, two in ((path, other), (other, path)):
                message = f"the id {id!r} is also that of {two}"
                faults[one] = Diagnostic("S204", message, Place(str(one)), "rename one of the two files")
    return faults


def source_of(path: Path) -> Source:
    """A spec with its bytes. Raises OSError where it cannot be read."""
    return Source(path.stem, path.parent.name, str(path), path.read_bytes())


def write_file(path: Path, content: str | bytes) -> bool:
    """Writes a file through a temporary one beside it; False where the same stands there already."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True
