"""The stages in order: the bytes of a spec -> the texts of its worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solver.derive import derive
from solver.diagnostics import Diagnostic, Place, ProblemError, ReadError
from solver.document import Document
from solver.kinds import head_of, kind_of
from solver.mathtex import MathTex
from solver.reader import Mapping, decode, read_spec
from solver.render import FORMATS
from solver.solution import Solution, solve
from solver.spec import place_of, validate
from solver.verify import verify, verify_document


@dataclass(frozen=True, slots=True)
class Source:
    """A spec before it is read: its id, the folder it lies in, the name its author knows the file by, its bytes."""

    id: str
    folder: str
    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Worked:
    """A solved problem and what is said about it; or, where the spec is wrong, what its author has to do."""

    document: Document | None = None
    solution: Solution | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


def work(source: Source) -> Worked:
    """Spec -> kind -> graph -> values -> checks -> document. Errors of the author come back as diagnostics."""
    try:
        node = read_spec(source.data)
    except ReadError as error:
        place = Place(source.file, error.line, error.column, _line(source.data, error.line))
        return Worked(diagnostics=(Diagnostic(error.code, str(error), place, error.hint),))
    try:
        kind = kind_of(node)
        spec = validate(node, kind.model)
        problem = kind.expand(spec, head_of(spec, source.id, source.folder))
        solution = solve(problem)
        verify(solution)
        document = derive(solution)
        verify_document(document, solution)
        return Worked(document, solution)
    except ProblemError as error:
        return Worked(diagnostics=_placed(error, node, source))


def texts(worked: Worked, formats: Sequence[str]) -> dict[str, str]:
    """The solution in each format asked for."""
    assert worked.document is not None
    assert worked.solution is not None
    math = MathTex(worked.document.notation)
    return {name: FORMATS[name].write(worked.document, worked.solution, math) for name in formats}


def _placed(error: ProblemError, node: Mapping, source: Source) -> tuple[Diagnostic, ...]:
    text = decode(source.data)
    found = (place_of(node, fault, source.file, text) for fault in error.faults)
    return tuple(sorted(dict.fromkeys(found), key=lambda d: (d.place.line, d.place.column)))


def _line(data: bytes, line: int) -> str:
    lines = data.decode("utf-8-sig", errors="replace").splitlines()
    return lines[line - 1] if 0 < line <= len(lines) else ""
