"""What an author asks for: the sections `find`, `samples` and `train`, as goals on a graph and a training run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from solver.diagnostics import Fault, Path, closest, nearest
from solver.expression import Number
from solver.goals import Differentiate, Evaluate, Goal, Method, Update
from solver.names import Name, QuantityName, parse_name
from solver.optimizers import OPTIMIZERS
from solver.parse import ParseError, parse_number
from solver.problem import Training
from solver.spec import NameText, NumberText, Section, Spec, listed, parsed_by, read_name
from solver.updates import worked_pairs

MAX_UPDATES = 20_000
LEARNING_RATE = Name("eta")
NOTHING: Mapping[Name, Name] = {}


def _update(value: Any) -> Any:
    return {"of": value} if isinstance(value, str | list) else value


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or not 1 <= int(text) <= MAX_UPDATES:
        raise ParseError(f"{text!r} is no count", 0, f"a whole number from 1 to {MAX_UPDATES:,}")
    return int(text)


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ParseError(f"{text!r} is neither true nor false", 0, "write true or false")
    return text == "true"


Names = Annotated[list[NameText], BeforeValidator(listed), Field(min_length=1)]
Count = Annotated[
    int, PlainValidator(parsed_by(_count, "S203")),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_UPDATES}),
]  # fmt: skip
Flag = Annotated[bool, PlainValidator(parsed_by(_yes, "S203")), WithJsonSchema({"type": "boolean"})]
OptimizerName: Any = Literal[tuple(OPTIMIZERS)]


class GradientSection(Section):
    """Derivatives of one quantity by others."""

    of: NameText
    by: Names


def _rate(text: str) -> Name | Number:
    return read_name(text) if text[:1].isalpha() else parse_number(text)


RateText = Annotated[Any, PlainValidator(parsed_by(_rate, "S203")), WithJsonSchema({"type": ["string", "number"]})]
"""The name of the learning rate, or its value."""


class UpdateSection(Section):
    """One step of gradient descent: which parameters, down which loss, at which learning rate."""

    of: Names
    minimise: NameText | None = None
    rate: RateText = None


class FindSection(Section):
    """What is asked; `again` runs the forward pass once more with the updated parameters."""

    value: Names | None = None
    gradient: Annotated[list[GradientSection], BeforeValidator(listed)] = []
    update: Annotated[
        UpdateSection | None,
        BeforeValidator(_update, json_schema_input_type=UpdateSection | list[NameText] | NameText | None),
    ] = None
    again: Flag = False


class OptimizerSection(Section):
    """The rule that makes a step of a gradient, and its numbers."""

    name: OptimizerName = "sgd"
    momentum: NumberText | None = None
    dampening: NumberText | None = None
    beta_1: NumberText | None = None
    beta_2: NumberText | None = None
    rho: NumberText | None = None
    epsilon: NumberText | None = None
    weight_decay: NumberText | None = None


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class TrainSection(Section):
    """A training run: how often, in which order, by which rule, and which updates are worked on the page."""

    epochs: Count = 1
    mode: Literal["online", "batch"] = "online"
    reduce: Literal["mean", "sum"] = "mean"
    optimizer: Annotated[
        OptimizerSection, BeforeValidator(_named, json_schema_input_type=OptimizerSection | OptimizerName)
    ] = OptimizerSection()
    show: Annotated[list[Count], BeforeValidator(listed)] = []


class ComputationSpec(Spec):
    """The keys of every problem that computes values: what is given, what is asked, how it is trained."""

    given: dict[NameText, NumberText] = {}
    find: FindSection = FindSection()
    method: Method = ""
    samples: Annotated[list[dict[NameText, NumberText]], Field(min_length=1)] | None = None
    train: TrainSection | None = None


def unknown_names(
    names: Iterable[Name],
    known: Collection[Name],
    path: Path,
    words: tuple[str, ...] = (),
    called: Mapping[Name, Name] = NOTHING,
) -> Iterator[Fault]:
    """A fault for each name asked for that the problem does not have; `words` may stand there instead of names.

    `called` holds the names that stand in places of the network instead of the usual ones.
    """
    seen: set[Name] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Fault("S305", f"{name.text} is named twice", (*path, place), "once is enough")
        seen.add(name)
        if name not in known:
            hint = nearest(name.text, [*words, *(other.text for other in known)])
            if name in called:
                hint = f"that place is called {called[name].text}"
            yield Fault("S306", f"{name.text} is neither given nor defined", (*path, place), hint)


def asked(
    find: FindSection, known: Collection[Name], faults: list[Fault], called: Mapping[Name, Name] = NOTHING
) -> Iterator[Goal]:
    """The goals `value` and `gradient`, which mean the same in every kind."""
    if find.value:
        faults.extend(unknown_names(find.value, known, ("find", "value"), called=called))
        yield Evaluate(tuple(find.value), ("find", "value"))
    for place, gradient in enumerate(find.gradient):
        path: Path = ("find", "gradient", place)
        faults.extend(unknown_names([gradient.of], known, (*path, "of"), called=called))
        faults.extend(unknown_names(gradient.by, known, (*path, "by"), called=called))
        yield Differentiate(gradient.of, tuple(gradient.by), (*path, "by"))


def update_faults(update: Update, spec: ComputationSpec, defined: Collection[QuantityName]) -> Iterator[Fault]:
    """What is no parameter, because a formula defines it or the samples set it, or no learning rate."""
    samples = spec.samples or []
    data = {name for sample in samples for name in sample}
    for place, name in enumerate(update.of):
        if not (name in data or name.tag or name in defined):
            continue
        path = (*update.origin, place)
        message = f"{name.text} cannot be updated: it is no parameter, for"
        if name in data:
            yield Fault("S306", f"{message} the samples set it", path, f"leave {name.text} out here, or there")
        else:
            hint = "update what its formula reads: givens, and names that stay symbols"
            yield Fault("S306", f"{message} a formula gives its value", path, hint)
    rate, path = update.rate.text, (*update.origin[:-1], "rate")
    if update.rate in data:
        yield Fault("S306", f"the learning rate {rate} is one for the whole run, but the samples set it", path,
                    f"move {rate} from the samples to given")  # fmt: skip
    elif update.rate in defined and (len(samples) > 1 or (spec.train and spec.train.epochs > 1)):
        yield Fault("S306", f"the learning rate {rate} is one for the whole run, but a formula gives its value", path,
                    "name one that is given, or that stays a symbol")  # fmt: skip


def learning_rate(
    written: Name | Number | None, given: Mapping[Name, Number], path: Path, faults: list[Fault]
) -> tuple[Name, dict[Name, Number]]:
    """The learning rate's name, and the givens with it where the author wrote a number."""
    if not isinstance(written, Number):
        return written or LEARNING_RATE, dict(given)
    faults.extend(rate_faults(written, path))
    if LEARNING_RATE in given:
        faults.append(Fault("S305", "the learning rate is given twice", path, "keep it or the given eta"))
    return LEARNING_RATE, {**given, LEARNING_RATE: written}


def optimized(
    update: Update, spec: ComputationSpec, used: Collection[QuantityName], faults: list[Fault]
) -> tuple[Update, Mapping[Name, Number]]:
    """The update by the optimizer that the author chose, and the numbers it takes as givens.

    A number stands under `train`, or as a given of the symbol's name, or is the usual one. `used` are the names that
    the problem itself works with: a lambda in its loss is the author's, and no weight decay.
    """
    faults.extend(rate_faults(spec.given.get(update.rate), ("given", update.rate.text)))
    section = spec.train.optimizer if spec.train else OptimizerSection()
    row = OPTIMIZERS[section.name]
    settings: dict[str, Number] = {}
    for key, setting in {**row.settings, "weight_decay": row.decay_setting}.items():
        number = getattr(section, key)
        own = spec.given.get(parse_name(setting.symbol))
        if parse_name(setting.symbol) in {*used, *update.of}:
            own = None
            if (number or parse_number(setting.default)).value != 0:
                message = f"{setting.symbol} is a name of the problem and stands for the {key} of {section.name}"
                path = ("train", "optimizer", *((key,) if number is not None else ()))
                hint = f"call the {setting.symbol} of the problem something else"
                faults.append(Fault("S305", message, path, hint))
        elif number is not None and own is not None:
            path = ("train", "optimizer", key)
            faults.append(Fault("S305", f"{key} is given twice", path, f"keep it or the given {setting.symbol}"))
        settings[setting.symbol] = chosen = number or own or parse_number(setting.default)
        if chosen.value < 0 or (setting.below_one and chosen.value >= 1):
            allowed = "a number from 0 to below 1" if setting.below_one else "a number that is not negative"
            path = ("train", "optimizer", key) if number is not None else ("given", setting.symbol)
            faults.append(Fault("S203", f"{section.name} takes for {key} {allowed}, not {chosen.text}", path,
                                f"the usual one is {setting.default}"))  # fmt: skip
    stepped = Update(update.of, update.minimise, update.rate, update.origin, row, settings)
    for name, taken in worked_pairs(stepped):
        if taken in {*used, *spec.given}:
            message = f"{name.text} cannot be updated by {section.name}: its {taken.text} stands for another quantity"
            faults.append(Fault("S305", message, update.origin, "rename it"))
    for key in section.model_fields_set - {"name", "weight_decay", *row.settings}:
        hint = f"it takes {', '.join([*row.settings, 'weight_decay'])}"
        message = f"{section.name} takes no {key}"
        faults.append(Fault("S201", message, ("train", "optimizer", key), hint, at_key=True))
    givens = {parse_name(symbol): number for symbol, number in settings.items() if number.value != 0}
    return stepped, givens


def rate_faults(rate: Number | None, path: Path) -> Iterator[Fault]:
    """A step against the gradient is one with a positive rate."""
    if rate is not None and rate.value < 0:
        hint = "to make a quantity large, minimise its negative"
        yield Fault("S203", f"with the learning rate {rate.text} the step would go up", path, hint)


def training(
    spec: ComputationSpec, known: Collection[Name], defined: Collection[QuantityName], faults: list[Fault]
) -> Training | None:
    """The training run that the author asks for; None where the givens are worked once."""
    if spec.samples is None and spec.train is None:
        return None
    if spec.train and spec.find.update is None:
        faults.append(Fault("S202", "a training run needs an update", ("find",), "add find: {update: all}"))
    section = spec.train or TrainSection()
    samples = tuple(spec.samples or ())
    faults.extend(_sample_faults(samples, spec.given, known, defined))
    found = Training(
        samples, section.epochs, section.mode, section.reduce, tuple(section.show), ("train",)
    )  # fmt: skip
    if found.updates > MAX_UPDATES:
        faults.append(Fault("S203", f"{found.updates:,} updates are too many", ("train",), f"at most {MAX_UPDATES:,}"))
    for place, number in enumerate(section.show):
        if number > found.updates:
            message = f"there is no update {number}: the run has {found.updates}"
            faults.append(Fault("S306", message, ("train", "show", place), "count from 1"))
    return found


def _sample_faults(
    samples: Sequence[Mapping[Name, Number]],
    given: Collection[Name],
    known: Collection[Name],
    defined: Collection[QuantityName],
) -> Iterator[Fault]:
    """Names that a sample cannot set, and those that it sets alone or leaves out alone."""
    counts = Counter(name for sample in samples for name in sample if name in known)
    usual = [name for name, count in counts.items() if 2 * count >= len(samples)]
    for place, sample in enumerate(samples):
        missing = [name for name in usual if name not in sample]
        for name in sample:
            path = ("samples", place, name.text)
            if name not in known:
                free = [other for other in known if other not in (*sample, *given, *defined)]
                meant = closest(name.text, [other.text for other in (*missing, *free)])
                missing = [other for other in missing if other.text != meant]
                hint = f"did you mean {meant!r}?" if meant else "leave it out of the samples"
                yield Fault("S306", f"{name.text} is no name of this problem", path, hint, at_key=True)
            elif name in given:
                message = f"{name.text} is given and stands in a sample"
                yield Fault("S305", message, path, "keep one of the two", at_key=True)
            elif name in defined:
                message = f"{name.text} is defined by a formula and stands in a sample"
                yield Fault("S305", message, path, "leave it out of the samples", at_key=True)
            elif name not in usual:
                message = f"{name.text} stands in {counts[name]} of {len(samples)} samples"
                yield Fault("S202", message, path, "set it in all of them, or leave it out", at_key=True)
        for name in missing:
            message = f"{name.text} is missing in sample {place + 1}"
            yield Fault("S202", message, ("samples", place), f"add {name.text}: ...")
