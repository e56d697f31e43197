"""Names of quantities: the text of a spec -> a structured name, made once and never split again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

TAGS = ("in", "out", "new")
PATTERN = re.compile(r"[A-Za-z]+[0-9]*(?:_[A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
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
    key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", hash((self.base, self.index, self.tag, self.sample, self.step)))

    def __hash__(self) -> int:  # names are the keys of every mapping: worked out once
        return self.key

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
        return Name(self.base, self.index, tag, self.sample, self.step)

    def marked(self, sample: int = 0, step: int = 0) -> Name:
        return Name(self.base, self.index, self.tag, sample, step)


@dataclass(frozen=True, slots=True)
class Total:
    """The total derivative of one quantity by another, along every path: `dE/dw_h`."""

    of: Name
    by: Name
    key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", hash(("d", self.of.key, self.by.key)))

    def __hash__(self) -> int:
        return self.key

    @property
    def stem(self) -> str:
        return f"d{self.of.stem}/d{_below(self.of, self.by)}"

    @property
    def text(self) -> str:
        return self.stem + self.of.marks


@dataclass(frozen=True, slots=True)
class Local:
    """The derivative of one definition by a name that stands in its own formula: `∂y_in/∂w_h`."""

    of: Name
    by: Name
    key: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", hash(("∂", self.of.key, self.by.key)))

    def __hash__(self) -> int:
        return self.key

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
