"""The stages in order: the bytes of a spec -> the texts of its worked solution."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flint import fmpq

from solver import reader
from solver.derivation_reading import reading_of
from solver.derive import derive
from solver.diagnostics import Diagnostic, Fault, Place, ProblemError, ReadError, nearest
from solver.document import Document
from solver.evaluate import Impossible
from solver.excerpt import values_taken_over
from solver.expression import Sum, Symbol
from solver.formats import FORMATS
from solver.goals import Update
from solver.indexed import written_out
from solver.kinds import head_of, kind_of
from solver.mathtex import MathTex
from solver.names import Local, Name, QuantityName, Total
from solver.near import ball
from solver.readback.claims import false_lines
from solver.readback.convention import Convention
from solver.readback.page import Syntax
from solver.reader import decode, read_spec
from solver.render import Output
from solver.rounding import RangeError, UndecidedError, precisions
from solver.sheet import problem_sheet
from solver.solution import Solution, solve
from solver.source import Source
from solver.spec import Spec, place_of, validate
from solver.statement import known_names
from solver.typeface import strange_character
from solver.verify import verify, verify_document

ENOUGH_BITS, SHORT = 96, 512
"""The bits that at least are said of a value that is handed on, and those of a fraction that is said exactly."""
DIGITS_A_BIT = 0.302
SHOWN = 5
"""False lines of one page that are reported; the first is the one to look at."""


Reading = tuple[frozenset[str], Convention]
"""What the reader of a written page knows of its problem."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A solved problem, what is said about it and its printer; or, where the spec is wrong, what is to be done."""

    file: str
    document: Document | None = None
    solution: Solution | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    math: MathTex | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What was written of a problem, by format; nothing where one page holds a line that is not true."""

    outputs: Mapping[str, Output] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def texts(self) -> Mapping[str, str]:
        """The problem's own page in each format."""
        return {name: output.text for name, output in self.outputs.items()}


def collect_seldom() -> None:
    """For a program that works problems one after the other: the garbage collector looks less often.

    What is worked is freed when it is dropped, for it holds no circles. By default the collector looks through every
    tree of a large network again and again while it grows, and takes as long as the work itself.
    """
    gc.set_threshold(500_000, 10, 10)


def work(source: Source) -> Worked:
    """Spec -> kind -> graph -> values -> checks -> document. Errors of the author come back as diagnostics."""
    try:
        node = written_out(read_spec(source.data))
    except ReadError as error:
        place = Place(source.file, error.line, error.column, _line(source.data, error.line))
        return Worked(source.file, diagnostics=(Diagnostic(error.code, str(error), place, error.hint),))
    try:
        kind = kind_of(node)
        spec = validate(node, kind.model)
        problem = kind.expand(spec, head_of(spec, source.id, source.folder))
        solution = solve(problem)
        verify(solution)
        document = derive(solution)
        verify_document(document, solution)
        math = printer(document, solution)
        refuse_idle_notation(spec, solution, math)
        refuse_look_alikes(solution, math)
        return Worked(source.file, document, solution, math=math)
    except ProblemError as error:
        return Worked(source.file, diagnostics=_placed(error, node, source))
    except (UndecidedError, RangeError, Impossible) as error:
        reason = ProblemError([Fault("S402", f"a number of this problem cannot be printed: {error}")])
        return Worked(source.file, diagnostics=_placed(reason, node, source))


def write(worked: Worked, formats: Sequence[str], with_solutions: bool = True) -> Written:
    """The solution in each format asked for, or the problem alone; each page is read back before it is handed on."""
    document, solution, math = worked.document, worked.solution, worked.math
    if document is None or solution is None or math is None:
        return Written(diagnostics=worked.diagnostics)
    if not with_solutions:
        document = problem_sheet(document, solution)
    outputs = {name: FORMATS[name].write(document, solution, math) for name in formats}
    known = reading(solution, math)
    for name, output in outputs.items():
        found = _faults(output, name, known)
        if found:
            return Written(diagnostics=tuple(Diagnostic(*fault, Place(worked.file)) for fault in found))
    return Written(outputs)


def _faults(output: Output, name: str, known: Reading) -> list[tuple[str, str]]:
    """The lines of what was written that are false, and what cannot be typeset, each with its code."""
    found = []
    for text in output.written_pages():
        syntax = FORMATS[name].read_back
        false = false_lines(text, syntax, *known) if syntax else ()
        found += [("S503", f"the written {name} holds a false line: {line}") for line in false[:SHOWN]]
        if FORMATS[name].typeset and (strange := strange_character(text)):
            what = f"{strange!r} (U+{ord(strange):04X})"
            found.append(("S601", f"the fonts of the PDF do not have the character {what}"))
    return found


def refuse_idle_notation(spec: Spec, solution: Solution, math: MathTex) -> None:
    """A notation for what the problem does not have is of a name that was misspelt. Raises ProblemError."""
    noted = [name.text for name in spec.notation if isinstance(name, Name)]
    if not noted:
        return
    worked = (name.plain for name in solution.full.graph.names() if isinstance(name, Name))
    found = {*known_names(solution.problem), *worked, *math.matrices}
    known = sorted(name.text for name in found if isinstance(name, Name))
    faults = [
        Fault("S306", f"{text} is no name of this problem", ("notation", text), nearest(text, known), at_key=True)
        for text in noted
        if text not in known
    ]
    if faults:
        raise ProblemError(faults)


def refuse_look_alikes(solution: Solution, math: MathTex) -> None:
    """Two names that are printed alike would make lines that cannot be told apart. Raises ProblemError."""
    first: dict[str, Name] = {}
    for name in solution.full.graph.names():
        if isinstance(name, Name) and (other := first.setdefault(math.name(name), name)) != name:
            message = f"{other.text} and {name.text} are printed alike"
            raise ProblemError([Fault("S305", message, hint="rename one of the two, or give it another notation")])


def printer(document: Document, solution: Solution) -> MathTex:
    """The printer of a solution's mathematics: dL/dw where ∂L/∂w stands beside it as one of several paths."""
    totals = frozenset(
        name
        for name, definition in solution.full.graph.by_name.items()
        if isinstance(name, Total)
        and isinstance(definition.expression, Sum)
        and Local(name.of, name.by) in definition.reads
    )
    return MathTex(document.notation, totals, document.matrices)


def read_back(text: str, syntax: Syntax | None, solution: Solution, math: MathTex) -> tuple[str, ...]:
    """The false lines of a written page."""
    return false_lines(text, syntax, *reading(solution, math)) if syntax else ()


def reading(solution: Solution, math: MathTex) -> Reading:
    """What the reader gets of the solution: the names of its quantities, and by what convention they are printed."""
    rounding = solution.problem.head.rounding
    convention = Convention(rounding.digits, rounding.mode, rounding.carry == "rounded")
    if solution.derived is not None:
        found = reading_of(solution, math)
        matrices = tuple(_matrices(math))
        convention = replace(convention, points=found.points, functions=found.functions, matrices=matrices)
        return found.names, convention
    graph = solution.full.graph
    units = (group.unit.name for group in solution.problem.groups if group.unit)
    marked = (name for name in graph.names() if isinstance(name, Name) and (name.sample or name.step))
    alike = (name.plain for name in marked)  # as a statement names them
    names = {math.name(name) for name in (*graph.names(), *units, *alike)}
    handed_on = tuple((math.name(name), _decimal(name, solution)) for name in _handed_on(solution))
    givens = tuple((math.name(name), number.text) for name, number in graph.givens.items())
    return frozenset(names), replace(convention, givens=givens, handed_on=handed_on, matrices=tuple(_matrices(math)))


def _matrices(math: MathTex) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """The vectors and matrices as they are printed, each with its entries."""
    for name, grid in math.matrices.items():
        yield math.name(name), tuple(tuple(math.name(entry) for entry in row) for row in grid)


def _handed_on(solution: Solution) -> Iterator[QuantityName]:
    """What the page takes over from updates that it leaves out: values that go on, and losses for its table."""
    run, updates = solution.run, [goal for goal in solution.problem.goals if isinstance(goal, Update)]
    yield from (name for names in run.handed_on.values() for name in names)
    yield from run.unworked(goal.minimise for goal in updates)
    if run.turns and run.turns[-1].number not in run.shown:  # the last values, which the summary gives
        yield from (run.turns[-1].new(name) for goal in updates for name in goal.of)
    yield from values_taken_over(solution.problem, run, solution.full.graph)


def _decimal(name: QuantityName, solution: Solution) -> str:
    """A value to as many digits as the page was worked with; a short fraction exactly."""
    values = solution.carried.values if solution.carried else solution.full
    enclosure = values.coefficients(Symbol(name))[()]
    value = enclosure(0)
    if isinstance(value, fmpq) and value.height_bits() <= SHORT:
        return str(value)
    for bits in precisions():
        if bits >= values.finest and (found := ball(enclosure(bits))).rel_accuracy_bits() >= ENOUGH_BITS:
            break
    return found.str(int(bits * DIGITS_A_BIT))


def _placed(error: ProblemError, node: reader.Mapping, source: Source) -> tuple[Diagnostic, ...]:
    text = decode(source.data)
    found = (place_of(node, fault, source.file, text) for fault in error.faults)
    return tuple(sorted(dict.fromkeys(found), key=lambda d: (d.place.line, d.place.column)))


def _line(data: bytes, line: int) -> str:
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""
