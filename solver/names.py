"""Names of quantities: the text of a spec -> a structured name, made once and never split again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cache, lru_cache
from threading import Lock
from typing import Any
from weakref import ref

TAGS = ("in", "out", "new")
PATTERN = re.compile(r"[A-Za-z]+[0-9]*(?:_[A-Za-z0-9]+)*")
LEAST_NAMES = 16_384
"""Up to so many names nothing is dropped."""


@dataclass(slots=True)
class _Table:
    """Each object once, found by its class and its parts for as long as another holds it.

    Names are the keys of nearly every mapping: what is alike is one object, found by its identity. References to what
    was freed are dropped when the table has grown to `most`.
    """

    made: dict[tuple[Any, ...], ref[Any]] = field(default_factory=dict)
    most: int = LEAST_NAMES
    lock: Lock = field(default_factory=Lock)

    def once(self, key: tuple[Any, ...]) -> Any:
        """The object of a class with these parts; it is made when it is first asked for."""
        reference = self.made.get(key)
        found = reference() if reference is not None else None
        return self.first(key) if found is None else found

    def first(self, key: tuple[Any, ...]) -> Any:
        with self.lock:
            reference = self.made.get(key)
            found = reference() if reference is not None else None
            if found is None:
                found = object.__new__(key[0])
                for put, part in zip(_setters(key[0]), key[1:], strict=True):
                    put(found, part)
                if len(self.made) >= self.most:
                    self.made = {key: reference for key, reference in self.made.items() if reference() is not None}
                    self.most = max(2 * len(self.made), LEAST_NAMES)
                self.made[key] = ref(found)
        return found


@cache
def _setters(cls: type) -> tuple[Callable[[Any, object], None], ...]:
    """What sets the parts of an object of a frozen class, in their order."""
    return tuple(getattr(cls, field.name).__set__ for field in fields(cls))


_once = _Table().once


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, init=False)
class Name:
    """A quantity: `w_h` is base `w`, index `("h",)`; `h_1_in` is base `h`, index `("1",)`, tag `in`.

    In a training run `sample` is the number of the sample and `step` that of the update it belongs to, from 1; 0 is
    none: `E[3]@1`, `w_h_new@2`.
    """

    base: str
    index: tuple[str, ...] = ()
    tag: str = ""
    sample: int = 0
    step: int = 0

    def __new__(cls, base: str, index: tuple[str, ...] = (), tag: str = "", sample: int = 0, step: int = 0) -> Name:
        found: Name = _once((cls, base, index, tag, sample, step))
        return found

    def __reduce__(self) -> tuple[type[Name], tuple[object, ...]]:
        return Name, (self.base, self.index, self.tag, self.sample, self.step)

    @property
    def stem(self) -> str:
        """The name without the marks of a training run, as an author writes it."""
        return "_".join(part for part in (self.base, *self.index, self.tag) if part)

    @property
    def marks(self) -> str:
        return (f"[{self.sample}]" if self.sample else "") + (f"@{self.step}" if self.step else "")

    @property
    def text(self) -> str:
        return self.stem + self.marks

    @property
    def plain(self) -> Name:
        """The same quantity outside any training run."""
        return self if not (self.sample or self.step) else Name(self.base, self.index, self.tag)

    def tagged(self, tag: str) -> Name:
        return self if tag == self.tag else Name(self.base, self.index, tag, self.sample, self.step)

    def marked(self, sample: int = 0, step: int = 0) -> Name:
        if sample == self.sample and step == self.step:
            return self
        return Name(self.base, self.index, self.tag, sample, step)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, init=False)
class Total:
    """The total derivative of one quantity by another, along every path: `dE/dw_h`."""

    of: Name
    by: Name

    def __new__(cls, of: Name, by: Name) -> Total:
        found: Total = _once((cls, of, by))
        return found

    def __reduce__(self) -> tuple[type[Total], tuple[Name, Name]]:
        return Total, (self.of, self.by)

    @property
    def stem(self) -> str:
        return f"d{self.of.stem}/d{_below(self.of, self.by)}"

    @property
    def text(self) -> str:
        return self.stem + self.of.marks


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False, init=False)
class Local:
    """The derivative of one definition by a name that stands in its own formula: `∂y_in/∂w_h`."""

    of: Name
    by: Name

    def __new__(cls, of: Name, by: Name) -> Local:
        found: Local = _once((cls, of, by))
        return found

    def __reduce__(self) -> tuple[type[Local], tuple[Name, Name]]:
        return Local, (self.of, self.by)

    @property
    def stem(self) -> str:
        return f"∂{self.of.stem}/∂{_below(self.of, self.by)}"

    @property
    def text(self) -> str:
        return self.stem + self.of.marks


@dataclass(frozen=True, slots=True)
class Prime:
    """The derivative of a function of one variable: `f'(x)`."""

    of: Name
    by: Name

    @property
    def stem(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return f"{self.of.text}'({self.by.text})"


@dataclass(frozen=True, slots=True)
class Second:
    """A second derivative, by one name and then by another: `∂²f/∂x∂y`."""

    of: Name
    by: Name
    then: Name

    @property
    def stem(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return f"d2{self.of.text}/d{self.by.text}d{self.then.text}"


QuantityName = Name | Total | Local | Prime | Second


def _below(of: Name, by: Name) -> str:
    """What a derivative is taken by: of the marks of a run only a sample that is not that of the quantity itself."""
    return by.stem + (f"[{by.sample}]" if by.sample != of.sample and by.sample else "")


@lru_cache(maxsize=65_536)
def parse_name(text: str) -> Name:
    """The structured name for a text that matches `PATTERN`; a last part in, out or new is the tag."""
    base, *index = text.split("_")
    tag = index.pop() if index and index[-1] in TAGS else ""
    return Name(base, tuple(index), tag)
