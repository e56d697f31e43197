"""What was written from which spec: a render with nothing changed reads this and the files' dates, and nothing else."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from solver import __version__

Stamp = tuple[int, int]
"""Size and time of change of a file; of pieces their number, and a checksum of their names, sizes and times."""
PAGE_DEPTH = 2
"""Pages lie in the folder of their format, pieces deeper."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A spec as it was worked: its stamp, those of its pages, and by folder the names of its pieces and their stamp.

    Without a stamp it is to be worked again, and only what was written from it is known.
    """

    stamp: Stamp | None
    pages: Mapping[str, Stamp]
    pieces: Mapping[str, tuple[list[str], Stamp]]


@dataclass(slots=True)
class Manifest:
    """The specs that were worked into a folder, each with its stamp and those of its outputs.

    Everything is worked again when solver, its templates or the formats asked for are others than last time.
    """

    folder: Path
    key: str
    entries: dict[str, Entry] = field(default_factory=dict)
    looked_at: dict[str, Stamp | None] = field(default_factory=dict)

    @staticmethod
    def read(folder: Path, formats: Sequence[str]) -> Manifest:
        """The manifest of an output folder; an empty one where there is none that fits."""
        manifest = Manifest(folder, _key(folder, formats))
        try:
            stored = json.loads(manifest.file.read_text(encoding="utf-8"))
            same = stored["key"] == manifest.key
            manifest.entries = {
                path: Entry(
                    tuple(stamp) if same and stamp else None,
                    {name: tuple(own) for name, own in pages.items()},
                    {folder: (names, tuple(own)) for folder, (names, own) in pieces.items()},
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

    def is_fresh(self, spec: Path) -> bool:
        """Whether a spec and all that was written from it are as they were left."""
        self.looked_at[_full(spec)] = now = _stamp(str(spec))
        entry = self.entries.get(_full(spec))
        return (
            entry is not None
            and entry.stamp == now is not None
            and all(_stamp(name) == own for name, own in entry.pages.items())
            and all(_stamp_of(folder, names) == own for folder, (names, own) in entry.pieces.items())
        )

    def record(self, spec: Path, outputs: Iterable[Path]) -> None:
        """Remembers a spec as it was before it was worked, and what was written from it."""
        pages, names = self._sorted(outputs)
        stamps = {page: _stamp(page) for page in pages}
        earlier = self.entries.get(_full(spec))
        names = {folder: own for folder, (own, _) in (earlier.pieces if earlier else {}).items()} | names
        pieces = {folder: (own, _stamp_of(folder, own)) for folder, own in names.items() if os.path.isdir(folder)}  # noqa: PTH112
        known = {name: own for name, own in stamps.items() if own is not None}
        self.entries[_full(spec)] = Entry(self.looked_at.get(_full(spec)), known, pieces)

    def left_over(self, spec: Path, outputs: Iterable[Path]) -> Iterator[Path]:
        """The pieces that an earlier render wrote beside those of this one, and this one did not.

        What stands in the folder of a problem and was not written by a render is its author's.
        """
        entry = self.entries.get(_full(spec))
        for folder, names in self._sorted(outputs)[1].items():
            for name in entry.pieces.get(folder, ([], (0, 0)))[0] if entry else ():
                if name not in names and name == os.path.basename(name):  # noqa: PTH119 - it is a name, not a path
                    yield Path(folder, name)

    def _sorted(self, outputs: Iterable[Path]) -> tuple[list[str], dict[str, list[str]]]:
        """Pages, and pieces by their folder."""
        pages: list[str] = []
        pieces: dict[str, list[str]] = {}
        for output in outputs:
            if len(output.parts) - len(self.folder.parts) <= PAGE_DEPTH:
                pages.append(_full(output))
            else:
                pieces.setdefault(_full(output.parent), []).append(output.name)
        return pages, pieces

    def forget(self, spec: Path) -> None:
        """A spec that has an error now is worked again next time; its pieces stay, and stay known."""
        if entry := self.entries.get(_full(spec)):
            self.entries[_full(spec)] = replace(entry, stamp=None)

    def text(self) -> str:
        specs = {path: (own.stamp, own.pages, own.pieces) for path, own in self.entries.items()}
        return json.dumps({"key": self.key, "specs": specs}) + "\n"


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of these decide whether a render feels instant
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _stamp_of(folder: str, names: Sequence[str]) -> Stamp:
    """How many of the pieces of a folder are there, and a checksum of how they are."""
    wanted, found, total = set(names), 0, 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name in wanted:
                    state = entry.stat()
                    found += 1
                    total ^= zlib.crc32(f"{entry.name} {state.st_size} {state.st_mtime_ns}".encode())
    except OSError:
        return 0, 0
    return found, total


def _key(folder: Path, formats: Sequence[str]) -> str:
    """Changes with the folder, the formats, the version, and any file of solver itself."""
    package = Path(__file__).parent
    folders = (package, package / "kinds", package / "readback")
    templates = package / "templates" if (package / "templates").is_dir() else package.parent / "templates"
    formats_own = (Path(entry.path) for entry in os.scandir(templates) if entry.is_dir())
    newest = max(
        entry.stat().st_mtime_ns for part in (*folders, *formats_own) for entry in os.scandir(part) if entry.is_file()
    )
    return f"{__version__} {newest} {','.join(formats)} {folder.resolve()}"


def _full(path: Path) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - ten times faster than Path.resolve, and asked for every spec
