"""What was written from which spec: a render with nothing changed reads this and the files' dates, and nothing else."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from solver import __version__

Stamp = str
"""Size and time of change of a file; of pieces a checksum of these, in the order of their names."""
File = str | os.PathLike[str]
PAGE_DEPTH = 2
"""Pages lie in the folder of their format, pieces deeper."""


class Entry(NamedTuple):
    """A spec as it was worked: its stamp, those of its pages, and by folder the names of its pieces and their stamp.

    Without a stamp it is to be worked again, and only what was written from it is known.
    """

    stamp: Stamp | None
    pages: Mapping[str, Stamp]
    pieces: Mapping[str, tuple[list[str], Stamp]]


class Manifest:
    """The specs that were worked into a folder, each with its stamp and those of its outputs.

    Everything is worked again when solver, its templates or the formats asked for are others than last time. No
    dataclass: importing those would cost more than all that is looked at here.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key = folder, key
        self.entries: dict[str, Entry] = {}
        self.looked_at: dict[str, Stamp | None] = {}
        self.folders: dict[str, str] = {}

    @staticmethod
    def read(folder: Path, formats: Sequence[str]) -> Manifest:
        """The manifest of an output folder; an empty one where there is none that fits."""
        manifest = Manifest(folder, _key(folder, formats))
        try:
            stored = json.loads(manifest.file.read_text(encoding="utf-8"))
            same = stored["key"] == manifest.key
            manifest.entries = {
                path: Entry(
                    stamp if same else None,
                    dict(pages),
                    {folder: (list(names), own) for folder, (names, own) in pieces.items()},
                )
                for path, (stamp, pages, pieces) in stored["specs"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass
        return manifest

    @property
    def file(self) -> Path:
        """In the user's own cache, so that the output folder holds nothing but output."""
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = str(self.folder.resolve())
        return cache / "worked-solver" / f"{self.folder.name}-{zlib.crc32(folder.encode()):08x}.json"

    def is_fresh(self, spec: File) -> bool:
        """Whether a spec and all that was written from it are as they were left."""
        full = self._full(spec)
        self.looked_at[full] = now = _stamp(full)
        entry = self.entries.get(full)
        return (
            entry is not None
            and entry.stamp == now is not None
            and all(_stamp(name) == own for name, own in entry.pages.items())
            and all(_stamp_of(folder, names) == own for folder, (names, own) in entry.pieces.items())
        )

    def record(self, spec: File, outputs: Iterable[Path]) -> None:
        """Remembers a spec as it was before it was worked, and what was written from it."""
        pages, names = self._sorted(outputs)
        stamps = {page: _stamp(page) for page in pages}
        full = self._full(spec)
        earlier = self.entries.get(full)
        names = {folder: own for folder, (own, _) in (earlier.pieces if earlier else {}).items()} | names
        pieces = {folder: (own, _stamp_of(folder, own)) for folder, own in names.items() if os.path.isdir(folder)}  # noqa: PTH112
        known = {name: own for name, own in stamps.items() if own is not None}
        self.entries[full] = Entry(self.looked_at.get(full), known, pieces)

    def left_over(self, spec: File, outputs: Iterable[Path]) -> Iterator[Path]:
        """The pieces that an earlier render wrote beside those of this one, and this one did not.

        What stands in the folder of a problem and was not written by a render is its author's.
        """
        entry = self.entries.get(self._full(spec))
        for folder, names in self._sorted(outputs)[1].items():
            for name in entry.pieces.get(folder, ([], ""))[0] if entry else ():
                if name not in names and name == os.path.basename(name):  # noqa: PTH119 - it is a name, not a path
                    yield Path(folder, name)

    def _sorted(self, outputs: Iterable[Path]) -> tuple[list[str], dict[str, list[str]]]:
        """Pages, and pieces by their folder."""
        pages: list[str] = []
        pieces: dict[str, list[str]] = {}
        for output in outputs:
            if len(output.parts) - len(self.folder.parts) <= PAGE_DEPTH:
                pages.append(self._full(output))
            else:
                pieces.setdefault(self._full(output.parent), []).append(output.name)
        return pages, pieces

    def forget(self, spec: File) -> None:
        """A spec that has an error now is worked again next time; its pieces stay, and stay known."""
        if entry := self.entries.get(self._full(spec)):
            self.entries[self._full(spec)] = entry._replace(stamp=None)

    def text(self) -> str:
        return json.dumps({"key": self.key, "specs": self.entries}) + "\n"

    def _full(self, path: File) -> str:
        """The absolute path; what its folder is, is asked once for all files in it."""
        folder, name = os.path.split(os.fspath(path))
        if folder not in self.folders:
            self.folders[folder] = os.path.join(os.path.abspath(folder), "")  # noqa: PTH100, PTH118
        return self.folders[folder] + name


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of these decide whether a render feels instant
    except OSError:
        return None
    return f"{found.st_size} {found.st_mtime_ns}"


def _stamp_of(folder: str, names: Sequence[str]) -> Stamp:
    """A checksum of how the pieces of a folder are, or that they are not there."""
    states: list[int | None] = []
    for name in names:
        try:
            found = os.stat(f"{folder}/{name}")  # noqa: PTH116 - as above; listing the folder as well costs a third more
        except OSError:
            states.append(None)
        else:
            states += (found.st_size, found.st_mtime_ns)
    return str(zlib.crc32(repr(states).encode()))


def _key(folder: Path, formats: Sequence[str]) -> str:
    """Changes with the folder, the formats, the version, and any file of solver itself."""
    package = Path(__file__).parent
    parts = [package] if (package / "templates").is_dir() else [package, package.parent / "templates"]
    newest = max(_newest(str(part)) for part in parts)
    return f"{__version__} {newest} {','.join(formats)} {folder.resolve()}"


def _newest(folder: str) -> int:
    """When a file of a folder, or of the folders in it, was changed last; what Python compiled does not count."""
    newest = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                newest = max(newest, entry.stat().st_mtime_ns)
            elif entry.name != "__pycache__":
                newest = max(newest, _newest(entry.path))
    return newest
