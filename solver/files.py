"""The disk: which files are specs, what their ids are, and writing that leaves the old file or the new, never half."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what names a thousand files when nothing has changed imports nothing it does not need
    from solver.diagnostics import Diagnostic
    from solver.source import Source

ENDINGS = (".yaml", ".yml")
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?")
RESERVED = {"con", "prn", "aux", "nul", "index", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


def find_specs(paths: Iterable[Path]) -> tuple[str, ...]:
    """The names of the spec files under the paths, sorted; files and folders that begin with a dot are left out.

    Raises FileNotFoundError for a path that is not there.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path.is_dir():
            found.update(dict.fromkeys(_walk("" if path == Path() else str(path))))
        elif path.is_file():
            found[str(path)] = None
        else:
            raise FileNotFoundError(path)
    return tuple(found)


def _walk(folder: str) -> Iterator[str]:
    """The specs of a folder by their ids, then those of the folders in it; links to folders are not followed."""
    files: list[str] = []
    folders: list[str] = []
    with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if not entry.is_dir():
                if entry.name.endswith(ENDINGS):
                    files.append(entry.name)
            elif not entry.is_symlink():
                folders.append(entry.name)
    start = os.path.join(folder, "")  # noqa: PTH118 - a Path for each of thousands of specs is felt
    yield from (start + name for name in sorted(files, key=lambda name: (name.rpartition(".")[0], name)))
    for name in sorted(folders):
        yield from _walk(start + name)


def name_faults(specs: Iterable[str]) -> dict[str, Diagnostic]:
    """Specs that cannot be told apart or cannot be named in an address; neither of two namesakes is worked."""
    faults: dict[str, Diagnostic] = {}
    first: dict[str, str] = {}
    for path in specs:
        id = os.path.splitext(os.path.basename(path))[0]  # noqa: PTH119, PTH122
        if not ID.fullmatch(id) or id.lower() in RESERVED:
            hint = "letters, digits, - and _ only; a name such as index or con is reserved"
            faults[path] = _fault("S205", f"{id!r} cannot be the id of a problem", path, hint)
            continue
        other = first.setdefault(id.lower(), path)
        if other != path:
            for one, two in ((path, other), (other, path)):
                faults[one] = _fault("S204", f"the id {id!r} is also that of {two}", one, "rename one of the two files")
    return faults


def _fault(code: str, message: str, file: str, hint: str) -> Diagnostic:
    from solver.diagnostics import Diagnostic, Place

    return Diagnostic(code, message, Place(file), hint)


def source_of(path: Path) -> Source:
    """A spec with its bytes. Raises OSError where it cannot be read."""
    from solver.source import Source

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
