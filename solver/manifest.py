"""What was written from which spec: a render with nothing changed reads this and the files' dates, and nothing else."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from solver import __version__

Stamp = tuple[int, int]
"""Size and time of change of a file."""
PAGE_DEPTH = 2
"""Pages lie in the folder of their format, pieces deeper."""


@dataclass(slots=True)
class Manifest:
    """The specs that were worked into a folder, each with its stamp and those of its outputs.

    Everything is worked again when solver, its templates or the formats asked for are others than last time.
    """

    folder: Path
    key: str
    entries: dict[str, tuple[Stamp, dict[str, Stamp]]] = field(default_factory=dict)
    looked_at: dict[str, Stamp | None] = field(default_factory=dict)

    @staticmethod
    def read(folder: Path, formats: Sequence[str]) -> Manifest:
        """The manifest of an output folder; an empty one where there is none that fits."""
        manifest = Manifest(folder, _key(folder, formats))
        try:
            stored = json.loads(manifest.file.read_text(encoding="utf-8"))
            if stored["key"] == manifest.key:
                manifest.entries = {
                    path: (tuple(stamp), {name: tuple(own) for name, own in outputs.items()})
                    for path, (stamp, outputs) in stored["specs"].items()
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
        if entry is None:
            return False
        stamp, outputs = entry
        return now == stamp and all(_stamp(name) == own for name, own in outputs.items())

    def record(self, spec: Path, outputs: Iterable[Path]) -> None:
        """Remembers a spec as it was before it was worked, and what was written from it.

        Of the pieces in a folder of the problem's own only the folder is remembered: it changes when one of them is
        added, removed or replaced, and a render with nothing changed looks at one place instead of fifty.
        """
        stamp = self.looked_at.get(_full(spec))
        watched = dict.fromkeys(self._watched(output) for output in outputs)
        stamps = {_full(place): _stamp(str(place)) for place in watched}
        if stamp is not None:
            known = {name: own for name, own in stamps.items() if own is not None}
            self.entries[_full(spec)] = (stamp, known)

    def _watched(self, output: Path) -> Path:
        inside = len(output.parts) - len(self.folder.parts)
        return output if inside <= PAGE_DEPTH else output.parent

    def forget(self, spec: Path) -> None:
        """A spec that has an error now is worked again next time."""
        self.entries.pop(_full(spec), None)

    def text(self) -> str:
        return json.dumps({"key": self.key, "specs": self.entries}) + "\n"


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of these decide whether a render feels instant
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


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
