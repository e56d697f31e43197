"""Derivatives found entry by entry -> the lines that say the same with vectors and matrices, each proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from solver.derivations.derived import Derived, VectorLine, Working
from solver.derivations.vectorform import is_product, opened, vector_form
from solver.diagnostics import Fault, Path, ProblemError
from solver.entries import Grid, Grids, written_out
from solver.expression import Entrywise, Expression, Matrix, Product, Symbol, substitute, symbols, walk
from solver.matrices import TAG
from solver.names import Local, Name, QuantityName, Total
from solver.problem import AskedVector, ChainRule, Derivation, Rows

PATH: Path = ("derive", "vectors")


def bold(name: Name) -> Name:
    """The name of a vector or matrix, beside which the same letter may stand for a number."""
    return Name(name.base, name.index, TAG)


def grids_of(vectors: Mapping[Name, Rows]) -> dict[QuantityName, Grid]:
    """The author's vectors and matrices, each with the names of its entries."""
    return {bold(name): tuple(tuple(row) for row in rows) for name, rows in vectors.items()}


def gradient_in_vectors(derivation: Derivation, derived: Derived) -> Derived:
    """A gradient by the entries of a vector or matrix, written as one formula. Raises ProblemError without one."""
    if not derivation.vectors:
        return derived
    grids = grids_of(derivation.vectors)
    own = next(name for name, grid in grids.items() if tuple(entry for row in grid for entry in row) == derivation.by)
    assert isinstance(own, Name)
    left = Total(derivation.function, own)
    names = tuple(tuple(Total(derivation.function, _plain(entry)) for entry in row) for row in grids[own])
    results = dict(derived.results)
    wanted = Matrix(tuple(tuple(results[name] for name in row) for row in names))
    form = vector_form(wanted, grids, derived.meaning)
    if form is None:
        hint = "name in vectors: what stands in the gradient, or leave vectors: out"
        raise ProblemError([Fault("S505", "no vector form of this gradient was found", PATH, hint)])
    grids[left] = names
    stages = [("stacked", written_out(names)), ("found above", wanted), *_written(form, grids)]
    return derived.with_lines((VectorLine(Symbol(left), tuple(stages)),), grids)


def chain_in_vectors(rule: ChainRule, derived: Derived) -> Derived:
    """What definitions and derivatives say with vectors and matrices. Raises ProblemError where a group has no form."""
    if not rule.vectors:
        return derived
    grids = grids_of(rule.vectors)
    lines = list(_definitions(rule, grids, derived))
    for group in rule.groups:
        grids |= _derivatives(group, rule)
        for line in _group(group, rule, derived, grids):
            told = {line.left for line in lines}
            lines.extend(one for one in _of_the_loss(line, derived, grids) if one.left not in told)
            lines.append(line)
    return derived.with_lines(tuple(lines), grids)


def _definitions(rule: ChainRule, grids: Grids, derived: Derived) -> Iterator[VectorLine]:
    """z = W x + b, where z stacks quantities that are defined."""
    formulas: dict[QuantityName, Expression] = dict(rule.definitions)
    for name, grid in grids.items():
        if all(entry in formulas for row in grid for entry in row):
            wanted = Matrix(tuple(tuple(formulas[entry] for entry in row) for row in grid))
            form = vector_form(wanted, grids, derived.meaning)
            if form is not None:
                yield VectorLine(Symbol(name), (("from the definitions", wanted), *_written(form, grids)))


def _derivatives(group: AskedVector, rule: ChainRule) -> dict[QuantityName, Grid]:
    """The matrix of derivatives by each entry of a vector, and those of the loss by what comes before it."""
    found: dict[QuantityName, Grid] = {
        Total(group.of, bold(group.by)): tuple(
            tuple(Total(group.of, entry) for entry in row) for row in rule.vectors[group.by]
        )
    }
    for name, rows in rule.vectors.items():
        found[Local(group.of, bold(name))] = tuple(tuple(Local(group.of, entry) for entry in row) for row in rows)
    return found


def _group(group: AskedVector, rule: ChainRule, derived: Derived, grids: Grids) -> Iterator[VectorLine]:
    by_name = {working.name: working for working in derived.workings}
    rows = grids[Total(group.of, bold(group.by))]
    workings = [[by_name[name] for name in row] for row in rows]
    wanted = Matrix(tuple(tuple(working.result for working in row) for row in workings))
    whole = Total(group.of, bold(group.by))
    left = Symbol(bold(group.short) if group.short else whole)
    own = {left.name, whole}
    known = {name: grid for name, grid in grids.items() if name not in own}
    form = vector_form(wanted, known, derived.meaning)
    if form is None:
        message = f"no form in vectors and matrices was found for the derivatives by {group.by.text}"
        hint = "name in vectors: what stands in them, or leave out the vector"
        raise ProblemError([Fault("S505", message, group.origin, hint)])
    stages = [("found above", wanted), *_written(form, grids)]
    yield VectorLine(left, (("definition", Symbol(whole)), *stages) if group.short else tuple(stages))
    kept = _with_the_loss_kept(group.of, workings, derived.workings)
    if kept is not None and (first := vector_form(kept, known, derived.meaning)) is not None:
        yield VectorLine(left, (("loss kept", first), ("with its derivative", form)))


def _of_the_loss(line: VectorLine, derived: Derived, grids: Grids) -> Iterator[VectorLine]:
    """The derivatives of the loss by a vector that a line reads: those by its entries, with what they come to."""
    results = {working.name: working.result for working in derived.workings}
    for name in dict.fromkeys(name for _, node in line.stages for name in symbols(node) if isinstance(name, Local)):
        if name in grids:
            wanted = Matrix(tuple(tuple(results[entry] for entry in row) for row in grids[name]))
            form = vector_form(wanted, grids, derived.meaning)
            written = _written(form, grids) if form is not None else ()
            yield VectorLine(Symbol(name), (("stacked", written_out(grids[name])), ("found above", wanted), *written))


def _with_the_loss_kept(of: Name, rows: Sequence[Sequence[Working]], all_: Sequence[Working]) -> Matrix | None:
    """The products of the chain rule with every factor put in but the derivatives of the loss itself."""
    put: dict[QuantityName, Expression] = {
        w.name: w.result for w in all_ if isinstance(w.name, Local) and w.name.of != of
    }
    found = []
    for row in rows:
        products = [next((s.after for s in w.steps if s.rule == "chain of"), w.result) for w in row]
        found.append(tuple(substitute(product, put) for product in products))
    read = [name for row in found for node in row for name in symbols(node)]
    return Matrix(tuple(found)) if any(isinstance(name, Local) and name.of == of for name in read) else None


def _written(form: Expression, grids: Grids) -> Iterator[tuple[str, Expression]]:
    """The product of matrices written out, then with their names."""
    if is_product(form):
        entrywise = [part for part in walk(form) if isinstance(part, Entrywise)]
        at_last = any(isinstance(factor, Product) for part in entrywise for factor in part.factors)
        rule = "entry by entry at last" if at_last else "entry by entry" if entrywise else "as a product"
        yield rule, opened(form, grids)
    yield "with names", form


def _plain(name: QuantityName) -> Name:
    assert isinstance(name, Name)
    return name
