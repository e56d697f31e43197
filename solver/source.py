"""A spec before it is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Its id, the folder it lies in, the name its author knows the file by, its bytes."""

    id: str
    folder: str
    file: str
    data: bytes
