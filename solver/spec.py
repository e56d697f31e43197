"""Plain data with positions -> validated spec: every error at once, each with its place."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar

import pydantic
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    WithJsonSchema,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from solver import mathnotation, reader
from solver.diagnostics import Diagnostic, Fault, Path, Place, ProblemError, closest, nearest
from solver.expression import Expression, Number
from solver.functions import FUNCTIONS
from solver.names import PATTERN, Name, parse_name
from solver.parse import (
    SIGNED_NUMBER,
    ParseError,
    in_ascii,
    parse_equation,
    parse_expression,
    parse_function,
    parse_number,
)
from solver.phrases import LANGUAGES
from solver.rounding import Carry, Mode, Rounding

MAX_DIGITS = 15
VALUE_MISSING = "write a value after the colon"
WANTED = {
    "string_type": ("a text is expected here", "write one text; in quotes it may hold anything"),
    "dict_type": ("a mapping of keys to values is expected here", "write key: value, each on a line below, indented"),
    "list_type": ("a list is expected here", "write [...], with commas between"),
    "too_short": ("at least one is needed", "add one"),
    "string_pattern_mismatch": ("one line without slashes is expected here", "write it in one line, without / and \\"),
}
"""What pydantic finds wrong, in words, and what to do."""
MAX_PLACE = 999
"""The last place in a chapter that `order` can name."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula as the author wrote it, and its tree."""

    text: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class FunctionFormula:
    """`f(x, y) = formula`."""

    text: str
    function: Name
    variables: tuple[Name, ...]
    expression: Expression


@dataclass(frozen=True, slots=True)
class Equation:
    """`left = right`."""

    text: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """`p = sigmoid(z)`, or what stands for itself: `f(x)`, `sigmoid(x)`."""

    text: str
    left: Expression
    right: Expression | None = None


def parsed_by(read: typing.Callable[[str], Any], code: str) -> typing.Callable[[Any], Any]:
    """A validator that reads a value's text; what `read` refuses becomes a fault at its character."""

    def validate(text: Any) -> Any:
        if text is None:
            raise PydanticCustomError("S202", "a value is missing here", {"hint": VALUE_MISSING})
        if not isinstance(text, str):
            raise PydanticCustomError("S203", "a single value is expected here", {"hint": "write one value"})
        try:
            return read(text)
        except ParseError as error:
            context = {"message": error.message, "offset": error.offset, "hint": error.hint}
            raise PydanticCustomError(code, "{message}", context) from None

    return validate


def read_name(text: str) -> Name:
    """A name of the spec language: ASCII letters, digits, then _ parts. Raises ParseError."""
    if not PATTERN.fullmatch(text):
        odd = next((c for c in text if not (c.isascii() and (c.isalnum() or c == "_"))), "")
        what = f" (U+{ord(odd):04X} is not an ASCII letter)" if odd and not odd.isascii() else ""
        hint = "a letter first, then _ parts: w_h, w_11, eta"
        if SIGNED_NUMBER.fullmatch(text):
            hint = "a name stands here; its value stands under given"
        raise ParseError(f"{text!r} is not a name{what}", text.find(odd) if odd else 0, in_ascii(text, hint))
    if text == "pi" or text in FUNCTIONS:
        what = "a constant" if text == "pi" else "a function"
        raise ParseError(f"{text!r} is {what} and cannot be a name", 0, "choose another name")
    return parse_name(text)


def _read_digits(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= MAX_DIGITS:
        raise ParseError(f"{text!r} is not a number of digits", 0, f"a whole number from 1 to {MAX_DIGITS}")
    return int(text)


def _read_place(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) < 1:
        raise ParseError(f"{text!r} is not a place in the chapter", 0, f"a whole number from 1 to {MAX_PLACE}")
    return int(text)


def _read_formula(text: str) -> Formula:
    return Formula(text, parse_expression(text))


def _read_function(text: str) -> FunctionFormula:
    return FunctionFormula(text, *parse_function(text))


def _read_equation(text: str) -> Equation:
    left, right = parse_equation(text)
    if right is None:
        raise ParseError("an equation is written as left = right", 0, "for example: z = w*x + b")
    return Equation(text, left, right)


def _read_abbreviation(text: str) -> Abbreviation:
    return Abbreviation(text, *parse_equation(text))


def listed(value: Any) -> Any:
    """One value stands for a list of one."""
    return [value] if isinstance(value, str | dict) else value


NumberText = Annotated[
    Number, PlainValidator(parsed_by(parse_number, "S203")), WithJsonSchema({"type": ["number", "string"]})
]
NameText = Annotated[Name, PlainValidator(parsed_by(read_name, "S203")), WithJsonSchema({"type": "string"})]
FormulaText = Annotated[
    Formula, PlainValidator(parsed_by(_read_formula, "S301")), WithJsonSchema({"type": ["string", "number"]})
]
FunctionText = Annotated[
    FunctionFormula, PlainValidator(parsed_by(_read_function, "S301")), WithJsonSchema({"type": "string"})
]
DigitsText = Annotated[
    int, PlainValidator(parsed_by(_read_digits, "S203")),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_DIGITS}),
]  # fmt: skip
PlaceText = Annotated[
    int, PlainValidator(parsed_by(_read_place, "S203")),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_PLACE}),
]  # fmt: skip
EquationText = Annotated[
    Equation, PlainValidator(parsed_by(_read_equation, "S301")), WithJsonSchema({"type": "string"})
]
AbbreviationText = Annotated[
    Abbreviation, PlainValidator(parsed_by(_read_abbreviation, "S301")), WithJsonSchema({"type": "string"})
]
TexText = Annotated[str, PlainValidator(parsed_by(mathnotation.checked, "S206")), WithJsonSchema({"type": "string"})]
Texts = Annotated[list[str], BeforeValidator(listed)]


class Section(BaseModel):
    """A mapping of a spec: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Notation = Annotated[
    Annotated[Literal["matrix"], Tag("literal[matrix]")] | Annotated[dict[NameText, TexText], Tag("dict[names]")],
    Discriminator(lambda value: "dict[names]" if isinstance(value, dict) else "literal[matrix]"),
]
"""The author's own TeX for names, or the word that asks for vectors and matrices."""


class RoundingSection(Section):
    """How numbers are shown; further keys are names with digits of their own."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, DigitsText]

    digits: DigitsText = 3
    mode: Mode = "half_up"
    carry: Carry = "full"

    def rounding(self) -> Rounding:
        return Rounding(self.digits, self.mode, self.carry, self.__pydantic_extra__)


class Spec(Section):
    """The keys that every kind of problem has."""

    title: Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\n]*$")]
    statement: str = ""
    source: Texts = []
    tags: Texts = []
    chapter: Annotated[str, Field(max_length=100, pattern=r"^[^\n/\\]*$")] = ""
    order: PlaceText = 0
    notation: Notation = {}
    rounding: RoundingSection = Field(default_factory=lambda: RoundingSection.model_validate({}))
    detail: Literal["", "full", "short"] = ""
    language: Literal[LANGUAGES] = "en"  # type: ignore[valid-type]
    figure: Literal["drawn", "none"] = "drawn"


AnySpec = TypeVar("AnySpec", bound=Spec)


def validate(node: reader.Mapping, model: type[AnySpec]) -> AnySpec:
    """The spec that a mapping holds.

    Raises ProblemError with every fault: unknown, missing, misplaced and misspelt keys, texts that are no numbers,
    names or formulas.
    """
    try:
        return model.model_validate(_plain(node))
    except pydantic.ValidationError as errors:
        found = dict.fromkeys(_fault(error, model) for error in errors.errors(include_url=False))
        raise ProblemError(_first_causes(found, node, model)) from None


def _first_causes(found: Iterable[Fault], node: reader.Mapping, model: type[Spec]) -> Iterator[Fault]:
    """The faults without those that only follow from another one.

    A key that is misspelt is not missing as well; a key of a wrong kind has no value to miss; what is not indented is
    no unknown key, but what the key above it is to hold.
    """
    faults = list(found)
    unknown = {fault.path for fault in faults if fault.code == "S201"}
    meant = {(*path[:-1], closest(str(path[-1]), _keys(model, path[:-1]))) for path in unknown}
    no_keys = {fault.path for fault in faults if fault.at_key and fault.code == "S203"}
    flat = dict(_not_indented(node, {str(path[0]) for path in unknown if len(path) == 1}))
    outside = {(key,) for keys in flat.values() for key in keys}
    for fault in faults:
        if fault.code == "S202" and fault.at_key and len(fault.path) == 1 and (keys := flat.get(str(fault.path[0]))):
            hint = f"indent the lines below it: {', '.join(keys)} stand beside it, not in it"
            yield replace(fault, hint=hint)
            continue
        follows = (fault.key and (*fault.path, fault.key) in meant) or (fault.code == "S202" and fault.path in no_keys)
        if not follows and fault.path not in outside:
            yield fault


def _not_indented(node: reader.Mapping, unknown: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Each key that holds nothing, with the unknown keys that follow it."""
    empty = ""
    below: list[str] = []
    for key, value in (*node.entries, (reader.Scalar("", 0, 0), node)):
        if empty and key.text in unknown:
            below.append(key.text)
            continue
        if below:
            yield empty, below
        empty, below = (key.text if isinstance(value, reader.Scalar) and value.empty else ""), []


def place_of(node: reader.Mapping, fault: Fault, file: str, text: str) -> Diagnostic:
    """The fault with the line and column that its path leads to; a path that ends early points at what is there."""
    here: reader.Node = node
    line, column, plain = node.line, node.column, True
    for at, key in enumerate(fault.path):
        if isinstance(here, reader.Mapping):
            name, inner = here.key(str(key)), here.get(str(key))
            if name is None or inner is None:
                continue  # a part that a short form of the spec leaves out
            last = at == len(fault.path) - 1
            point = name if last and (fault.at_key or not isinstance(inner, reader.Scalar)) else inner
        elif isinstance(here, reader.Sequence) and isinstance(key, int) and key < len(here.items):
            point = inner = here.items[key]
        else:
            continue
        here, line, column = inner, point.line, point.column
        plain = not isinstance(point, reader.Scalar) or point.plain
    lines = text.split("\n")
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    reach = column + fault.offset + (0 if plain else 1)
    as_written = isinstance(here, reader.Scalar) and source.startswith(here.text, column - 1 + (0 if plain else 1))
    if fault.offset and reach <= len(source) + 1 and (as_written or not isinstance(here, reader.Scalar)):
        column = reach
    return Diagnostic(fault.code, fault.message, Place(file, line, column, source), fault.hint)


def _plain(node: reader.Node) -> Any:
    match node:
        case reader.Scalar():
            return None if node.empty else node.text
        case reader.Sequence():
            return [_plain(item) for item in node.items]
        case reader.Mapping():
            return {key.text: _plain(value) for key, value in node.entries}


def _fault(error: ErrorDetails, model: type[Spec]) -> Fault:
    path = tuple(part for part in error["loc"] if part != "[key]" and not _is_union_tag(part))
    context: Mapping[str, Any] = error.get("ctx", {})
    kind, at_key = error["type"], "[key]" in error["loc"]
    match kind:
        case "extra_forbidden":
            key = str(path[-1])
            hint = _of_the_problem(path, model) or nearest(key, _keys(model, path[:-1]))
            return Fault("S201", f"unknown key {key!r}", path, hint, at_key=True)
        case "missing":
            return Fault(
                "S202", f"the key {str(path[-1])!r} is missing", path[:-1], f"add {path[-1]}: ...", key=str(path[-1])
            )
        case "literal_error":
            allowed = re.findall(r"'([^']*)'", context["expected"])
            found = str(error["input"])
            return Fault("S203", f"{found!r} is not allowed here", path, nearest(found, allowed))
        case _ if kind in ("S202", "S203", "S206", "S301"):
            hint = _hint(error, path, at_key, model)
            return Fault(kind, error["msg"], path, hint, context.get("offset", 0), at_key)
        case _ if error["input"] is None:
            return Fault("S202", "a value is missing here", path, VALUE_MISSING, at_key=True)
        case _:
            kind = "dict_type" if kind.startswith("model_") else kind
            message, hint = WANTED.get(kind, (error["msg"].replace("String should", "the text must"), ""))
            keys = _keys(model, path) if kind == "dict_type" else []
            if path and keys and keys != _keys(model, path[:-1]):
                hint = f"its keys are: {', '.join(keys)}"
            return Fault("S203", message, path, hint)


def _hint(error: ErrorDetails, path: Path, at_key: bool, model: type[Spec]) -> str:
    """The hint of a reader of texts, or one that says more where the place does."""
    if isinstance(error["input"], dict | list) and (hint := _of_the_problem(path, model)):
        return hint
    if at_key and str(path[-1]).isdecimal():
        return "a decimal is written with a point: inside { } a comma ends a value"
    return str(error.get("ctx", {}).get("hint", ""))


def _of_the_problem(path: Path, model: type[Spec]) -> str:
    """A hint for a key of the problem itself that stands inside another."""
    key = str(path[-1]) if len(path) > 1 else ""
    return f"{key} is a key of the problem itself: do not indent it" if key in model.model_fields else ""


def _is_union_tag(part: str | int) -> bool:
    """Pydantic puts the tried member of a union into the location; it is no key of the spec."""
    return isinstance(part, str) and bool(re.fullmatch(r"(list|dict|literal|function-\w+)\[.*\]|[A-Z]\w*Section", part))


def _keys(model: type[BaseModel], path: Path) -> list[str]:
    """The keys allowed in the section a path leads to."""
    found: list[type[BaseModel]] = [model]
    for part in path:
        inner: list[type[BaseModel]] = []
        for section in found:
            field = section.model_fields.get(str(part))
            inner.extend(_sections(field.annotation) if field else ())
        found = inner or found
    return [key for section in found for key in section.model_fields]


def _sections(annotation: Any) -> Iterator[type[BaseModel]]:
    if (
        isinstance(annotation, type)
        and not isinstance(annotation, types.GenericAlias)
        and issubclass(annotation, BaseModel)
    ):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _sections(inner)
