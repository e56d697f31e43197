"""What a problem gives, as the first section of its page: values by their role, samples, activations, loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.board import Board
from solver.document import Block, BulletList, Inline, Math, Paragraph, Section, Text, listed, sentence
from solver.expression import Call, Matrix, Symbol, walk
from solver.functions import FUNCTIONS, formula_of
from solver.givenmatrices import GivenMatrices, GivenMatrix
from solver.goals import Update
from solver.lines import applied
from solver.losses import LOSSES
from solver.matrices import Matrices
from solver.names import Name
from solver.phrases import PHRASES, counted
from solver.problem import Layer, Problem, Role, Unit

GIVEN_ORDER: tuple[Role, ...] = (
    "input", "weight", "bias", "threshold", "parameter", "value", "stated", "target", "learning rate",
)  # fmt: skip


def given_section(problem: Problem, board: Board, matrices: Matrices, notes: tuple[Block, ...]) -> Section:
    """The list of what is given; of a layered network the weights and biases as matrices, where they are many."""
    words = PHRASES[problem.head.language]
    whole = tuple(GivenMatrices(problem, board, matrices, words).found())
    items: list[tuple[Inline, ...]] = []
    known = {*problem.graph.givens, *problem.graph.by_name}
    units = [group.unit for group in problem.groups if group.unit]
    letters = _letters_of_targets(problem, units)
    stated = _stated(board)
    for role in GIVEN_ORDER:
        names = [name for name, own in problem.roles.items() if own == role and name in known]
        own = {*names}
        shown = [matrix for matrix in whole if matrix.role == role and not own.isdisjoint(matrix.told)]
        told = {name for matrix in shown for name in matrix.told}
        among = (matrix.math for matrix in shown if not matrix.opening)
        own_lines = (place for n in names if n not in told for place in (stated.get(n, ()) or (n,)))
        equalities = [*among, *(_equality(name, board) for name in own_lines)]
        if equalities:
            key = role if len(names) > 1 else f"one {role}"
            ending = sentence(words["letters of targets"], **letters) if role == "target" and letters else ()
            items.append((Text(words[key] + " "), *listed(equalities), *ending))
            letters = {} if ending else letters
        items.extend((*matrix.opening, Text(" "), matrix.math) for matrix in shown if matrix.opening)
    items.extend(_samples(problem, board, words, matrices))
    items.extend([sentence(words["letter of target"], **letters)] if letters else [])
    items.extend(_activations_by_layer(problem, words) if problem.head.matrix else _activations(problem, units, words))
    for group in problem.groups:
        if group.loss:
            items.append(sentence(words[_over_outputs(group.loss, units)], loss=LOSSES[group.loss].word))
    items.extend(_training(problem, words))
    unknown = [Math(Symbol(name)) for name in board.values.graph.unknowns]
    if unknown:
        items.append(sentence(words["unknown"], names=listed(unknown)))
    facts = (BulletList(tuple(items)),) if items else ()
    if problem.layers and not problem.head.matrix:
        notes = (_names_of_layers(problem.layers[0], words), *notes)
    if problem.head.matrix:
        key = "entry by entry"
        if any(layer.activation == "softmax" for layer in problem.layers):
            key = "entry by entry but softmax"
        said = [words[key]]
        if any(isinstance(goal, Update) and "sqrt" in goal.optimizer.new for goal in problem.goals):
            said.append(words["roots entry by entry"])
        notes = (Paragraph((Text(" ".join(said)),)), *notes)
    return Section(1, (Text(words["given"]),), (*facts, *notes), "given")


def _names_of_layers(first: Layer, words: Mapping[str, str]) -> Paragraph:
    """What the indices of a layered network mean, by one weight of its first layer."""
    named = {"weight": first.weights[0][-1], "source": first.inputs[-1]}
    named |= {"net_input": first.net_inputs[0], "output": first.outputs[0]}
    return Paragraph(sentence(words["names of layers"], **{key: Math(Symbol(name)) for key, name in named.items()}))


def _stated(board: Board) -> Mapping[Name, Sequence[Name]]:
    """What is stated, each with its marks in the passes of a run in which it holds."""
    found: dict[Name, list[Name]] = {}
    for definition in board.values.graph.definitions:
        if definition.stated is not None and isinstance(definition.name, Name):
            found.setdefault(definition.name.plain, []).append(definition.name)
    return found


def _letters_of_targets(problem: Problem, units: Sequence[Unit]) -> dict[str, Math]:
    """An output unit whose letter is that of its target, and its output; nothing where there is none."""
    samples = problem.training.samples if problem.training else ()
    given = {*problem.graph.givens, *(name for sample in samples for name in sample)}
    unit = next((unit for unit in units if unit.is_output and unit.name in given), None)
    return {"unit": Math(Symbol(unit.name)), "output": Math(Symbol(unit.output))} if unit is not None else {}


def _is_applied(problem: Problem, unit: Unit) -> bool:
    """Whether the page writes Act for the activation of a unit."""
    match applied(problem.graph.by_name[unit.output].expression):
        case Call(_, _, label):
            return bool(label)
        case _:
            return False


def _over_outputs(loss: str, units: Sequence[Unit]) -> str:
    """The phrase for a loss: what it is over several outputs."""
    row = LOSSES[loss]
    if sum(unit.is_output for unit in units) < 2 or row.pairwise:
        return "loss"
    return "loss averaged" if row.averaged else "loss summed"


def _equality(name: Name, board: Board) -> Math:
    return Math(Symbol(name), "=", board.shown(name).expression)


def _samples(
    problem: Problem, board: Board, words: Mapping[str, str], matrices: Matrices
) -> Iterator[tuple[Inline, ...]]:
    samples = problem.training.samples if problem.training else ()
    for place, sample in enumerate(samples, start=1):
        mark = place if len(samples) > 1 else 0
        marked = [name.marked(sample=mark) for name in sample]
        opening = sentence(words["sample"], number=str(place)) if len(samples) > 1 else (Text(words["one sample"]),)
        whole = tuple(_sample_vectors(problem, board, matrices, {*sample}, mark))
        told = {name for given in whole for name in given.told}
        equalities = [*(given.math for given in whole), *(_equality(n, board) for n in marked if n not in told)]
        yield (*opening, Text(": "), *listed(equalities))


def _sample_vectors(
    problem: Problem, board: Board, matrices: Matrices, sample: set[Name], mark: int
) -> Iterator[GivenMatrix]:
    """The inputs and the targets of a sample as vectors, where it gives all of them."""
    vectors: list[tuple[Role, str, tuple[Name, ...]]] = []
    if problem.head.matrix:
        vectors = [("input", "x", problem.layers[0].inputs), ("target", "y", problem.targets)]
    for role, letter, names in vectors:
        if sample.issuperset(names):
            grid = tuple((name.marked(sample=mark),) for name in names)
            rows = tuple((board.shown(name).expression,) for (name,) in grid)
            math = Math(matrices.named(letter, 0, grid), "=", Matrix(rows))
            yield GivenMatrix(role, math, frozenset(name for (name,) in grid))


def _activations_by_layer(problem: Problem, words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    kinds = {layer.activation for layer in problem.layers}
    for layer in problem.layers:
        word = _word(layer.activation, words)
        if len(kinds) > 1:
            yield sentence(words["activation of layer"], number=str(layer.number), activation=word)
        elif layer.number == 1:
            yield sentence(words["activation"], activation=word)


def _training(problem: Problem, words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    """How a run goes, and what its marks mean."""
    run = problem.training
    if run is None:
        return
    optimizer = next((goal.optimizer.word for goal in problem.goals if isinstance(goal, Update)), "")
    if optimizer:
        yield sentence(words["training by"], optimizer=optimizer)
    if run.updates > 1:
        mode = words[f"{run.mode} {run.reduce}" if run.mode == "batch" else "online"] if len(run.samples) > 1 else ""
        key = "training run of samples" if len(run.samples) > 1 else "training run"
        yield sentence(words[key], mode=mode, epochs=counted(run.epochs, words), updates=counted(run.updates, words))
    elif len(run.samples) > 1:
        yield sentence(words["one batch"], mode=words[f"batch {run.reduce}"])


def _activations(problem: Problem, units: Sequence[Unit], words: Mapping[str, str]) -> Iterator[tuple[Inline, ...]]:
    kinds = list(dict.fromkeys(unit.activation for unit in units))
    written_act = {unit.activation for unit in units if _is_applied(problem, unit)}
    act = "act" if len(written_act) == 1 else "act there"
    for kind in kinds:
        own = [unit for unit in units if unit.activation == kind]
        word = _word(kind, words) + (words[act] if kind in written_act else "")
        if len(kinds) == 1:
            yield sentence(words["activation"], activation=word)
        else:
            names = [Math(Symbol(unit.name)) for unit in own]
            yield sentence(words["activation of"], units=listed(names), activation=word)


def _word(activation: str, words: Mapping[str, str]) -> str:
    """An activation, with what the function is that only its derivative has."""
    row = FUNCTIONS[activation]
    parts = walk(formula_of(row.derivative)) if row.derivative else []
    complement = any(isinstance(part, Call) and part.function == "erfc" for part in parts)
    return row.word + (words["erfc"] if complement else "")
