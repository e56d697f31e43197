"""What can be wrong with a derivation before it is worked: names, variables, keys that do not go together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from solver.diagnostics import Fault, Path
from solver.expression import Call, Expression, Symbol, symbols, walk
from solver.functions import FUNCTIONS
from solver.graph import Written, order_faults
from solver.kinds.formulas import function_faults
from solver.mathtext import text
from solver.names import Name, QuantityName
from solver.problem import FunctionDefinition, Rewriting

if TYPE_CHECKING:
    from solver.kinds.derivation import ChainSection, FunctionsSection


def derivative_faults(section: FunctionsSection, functions: Sequence[FunctionDefinition]) -> Iterator[Fault]:
    """Everything wrong with functions, the variables they are differentiated by, and the author's lines."""
    single = len(functions) == 1
    for place, (written, function) in enumerate(zip(section.function, functions, strict=True)):
        path: Path = ("derive", "function") if single else ("derive", "function", place)
        if function.name.text in FUNCTIONS:
            yield Fault("S305", f"{function.name.text} is a function of the table already", path, "call yours f")
        yield from function_faults(written.text, function.formula, path)
        yield from _name_faults(function.formula, function.variables, path)
        for by in section.by:
            if by not in function.variables:
                names = " and ".join(variable.text for variable in function.variables)
                hint = f"write {function.variables[0].text}" if len(function.variables) == 1 else f"one of {names}"
                yield Fault("S306", f"{function.name.text} is a function of {names}", ("derive", "by"), hint)
    variables = {variable for function in functions for variable in function.variables}
    read = {name for function in functions for name in (*symbols(function.formula), *function.variables)}
    yield from _gradient_vector_faults(section, functions, read)
    for name in section.example:
        if name not in read:
            yield Fault(
                "S306", f"{name.text} is no name of this problem", ("derive", "example", name.text), "leave it out"
            )
    yield from _sign_faults(section, read - variables)
    if section.plot is not None:
        yield from _unknown_in_plot(section, functions[0])
    own = {function.name.text: len(function.variables) for function in functions}
    for place, step in enumerate(section.steps):
        path = ("derive", "steps", place, "to")
        yield from function_faults(step.to.text, step.to.expression, path, own=own)
    yield from _unclear_lines(section, functions)
    for place, term in enumerate(section.in_terms_of):
        path = ("derive", "in_terms_of") if len(section.in_terms_of) == 1 else ("derive", "in_terms_of", place)
        for side in (term.left, term.right):
            if side is not None:
                yield from function_faults(term.text, side, path, own=own)
        if isinstance(term.left, Symbol) and term.left.name in variables:
            yield Fault("S305", f"{term.left.name.text} is the variable already", path, "choose another name")


def _sign_faults(section: FunctionsSection, constants: set[QuantityName]) -> Iterator[Fault]:
    """Names that are said not to be negative are constants of the problem, and so are their examples."""
    for name in section.not_negative:
        path: Path = ("derive", "not_negative")
        if name not in constants:
            yield Fault("S306", f"{name.text} is no constant of this problem", path, "leave it out")
        if name in section.example and section.example[name].value < 0:
            message = f"{name.text} is not to be negative"
            yield Fault("S203", message, ("derive", "example", name.text), "choose a number that is zero or more")


def _gradient_vector_faults(
    section: FunctionsSection, functions: Sequence[FunctionDefinition], read: set[QuantityName]
) -> Iterator[Fault]:
    """Vectors are those of a gradient, and one of them holds the variables."""
    if not section.vectors:
        return
    terms = [term.left.name for term in section.in_terms_of if isinstance(term.left, Symbol)]
    yield from vector_faults(section.vectors, {name for name in (*read, *terms) if isinstance(name, Name)})
    if len(functions) > 1 or section.find not in (None, "gradient"):
        message = "vectors are for the gradient of one function"
        yield Fault("S203", message, ("derive", "vectors"), "leave it out", at_key=True)
    elif not any([name for row in rows for name in row] == list(section.by) for rows in section.vectors.values()):
        names = ", ".join(name.text for name in section.by)
        message = f"none of the vectors holds the variables {names}, in this order"
        yield Fault("S203", message, ("derive", "vectors"), f"add w: [{names}]", at_key=True)


def _unknown_in_plot(section: FunctionsSection, function: FunctionDefinition) -> Iterator[Fault]:
    """A plot needs a number for everything but the variable."""
    read = [name for name in symbols(function.formula) if isinstance(name, Name)]
    missing = [name.text for name in read if name != section.by[0] and name not in section.example]
    if missing:
        numbers = ", ".join(f"{name}: 1" for name in missing)
        message = f"the plot needs a number for {' and '.join(missing)}"
        yield Fault("S203", message, ("derive", "plot"), f"add example: {{{numbers}}}", at_key=True)


def _unclear_lines(section: FunctionsSection, functions: Sequence[FunctionDefinition]) -> Iterator[Fault]:
    """Lines of the author's that belong to no derivative that is asked for, or do not say to which."""
    names, second = [function.name for function in functions], section.find == "hessian"
    for place, step in enumerate(section.steps):
        path: Path = ("derive", "steps", place)
        if step.of is None and len(names) > 1:
            hint = f"add of: {names[0].text}, or another of {_listed(names)}"
            yield Fault("S203", "this line does not say of which function it is", path, hint)
        if not step.by and len(section.by) > 1:
            hint = f"add by: {section.by[0].text}, or another of {_listed(section.by)}"
            yield Fault("S203", "this line does not say of which derivative it is", path, hint)
        if step.of is not None and step.of not in names:
            message = f"{step.of.text} is not a function of this problem"
            yield Fault("S306", message, (*path, "of"), f"one of {_listed(names)}")
        for by in step.by:
            if by not in section.by:
                message = f"no derivative by {by.text} is asked for"
                yield Fault("S306", message, (*path, "by"), f"one of {_listed(section.by)}")
        if len(step.by) > 2 or (len(step.by) == 2 and not second):
            message = "a line of a second derivative, but none is asked for" if not second else "one or two variables"
            yield Fault("S203", message, (*path, "by"), "write find: hessian, or one variable")


def rewritings(
    section: FunctionsSection, functions: Sequence[FunctionDefinition], faults: list[Fault]
) -> Iterator[Rewriting]:
    """The other forms of formulas: a formula of the only function, or f(x, y) = formula of one of several."""
    for place, written in enumerate(section.rewrite):
        path: Path = ("derive", "rewrite", place)
        function = functions[0] if len(functions) == 1 and written.right is None else None
        for other in functions if written.right is not None else ():
            function = other if written.left == other.call else function
        if function is None:
            first = functions[0]
            hint = f"write {text(first.call)} = and then its formula in another form"
            faults.append(Fault("S203", "this form does not say of which function it is", path, hint))
            continue
        form = written.left if written.right is None else written.right
        faults.extend(function_faults(written.text, form, path))
        faults.extend(_name_faults(form, function.variables, path))
        yield Rewriting(function.name, form, path)


def _listed(names: Sequence[Name]) -> str:
    return ", ".join(name.text for name in names)


def _name_faults(node: Expression, variables: Sequence[Name], path: Path) -> Iterator[Fault]:
    read = [name for name in symbols(node) if isinstance(name, Name)]
    if read and not any(variable in read for variable in variables):
        names = " or ".join(variable.text for variable in variables)
        yield Fault("S306", f"the formula does not depend on {names}", path, "check the variable's name")


def vector_faults(vectors: dict[Name, list[list[Name]]], known: Collection[Name]) -> Iterator[Fault]:
    """Rows of several lengths, entries that are no names of the problem, entries that stand twice."""
    for vector, rows in vectors.items():
        path: Path = ("derive", "vectors", vector.text)
        entries = [name for row in rows for name in row]
        if len({len(row) for row in rows}) > 1:
            yield Fault("S203", f"the rows of {vector.text} have different lengths", path, "a matrix has one length")
        for name in dict.fromkeys(entries):
            if name not in known:
                yield Fault("S306", f"{name.text} is no name of this problem", path, "check the name")
            elif entries.count(name) > 1:
                yield Fault("S203", f"{name.text} stands in {vector.text} twice", path, "name each entry once")


def _asked_vector_faults(section: ChainSection, place: int) -> Iterator[Fault]:
    one, path = section.derivatives[place], ("derive", "derivatives", place)
    if one.of not in section.definitions:
        yield Fault(
            "S306", f"{one.of.text} has no definition to differentiate", (*path, "of"), "choose a defined quantity"
        )
    if one.by in section.definitions:
        message = f"{one.by.text} is a vector and a quantity of its own"
        yield Fault("S305", message, (*path, "by"), "call the vector otherwise, or derive by its entries")
    if one.call is None:
        return
    if one.call not in section.vectors:
        message = f"{one.call.text} is to be a vector like {one.by.text}, but its entries have no names"
        yield Fault("S306", message, (*path, "call"), f"add vectors: {{{one.call.text}: [...]}}")
    elif [len(row) for row in section.vectors[one.call]] != [len(row) for row in section.vectors[one.by]]:
        yield Fault(
            "S203", f"{one.call.text} has another shape than {one.by.text}", (*path, "call"), "give it the same"
        )


def definition_faults(section: ChainSection, general: tuple[str, ...]) -> Iterator[Fault]:
    """Unknown functions, definitions out of order, derivatives of what is not defined."""
    for name, formula in section.definitions.items():
        path = ("derive", "definitions", name.text)
        yield from function_faults(formula.text, formula.expression, path, own=general)
    for place, function in enumerate(section.functions):
        if function.text in FUNCTIONS:
            message = f"{function.text} is a function of the table already"
            yield Fault("S305", message, ("derive", "functions", place), "leave it out, or call yours g")
    yield from order_faults(
        [Written(n, f.text, f.expression, ("derive", "definitions", n.text)) for n, f in section.definitions.items()]
    )
    known = {*section.definitions}
    for formula in section.definitions.values():
        known.update(name for name in symbols(formula.expression) if isinstance(name, Name))
    calls = {
        part.function for f in section.definitions.values() for part in walk(f.expression) if isinstance(part, Call)
    }
    calls_of_vectors = {one.call for one in section.derivatives if one.by in section.vectors and one.call}
    made = {name for call in calls_of_vectors for row in section.vectors.get(call, []) for name in row}
    yield from vector_faults(section.vectors, known | made)
    for place, one in enumerate(section.derivatives):
        if one.by in section.vectors:
            yield from _asked_vector_faults(section, place)
            continue
        for key, name in (("of", one.of), ("by", one.by)):
            if name not in known:
                message = f"{name.text} is not defined"
                yield Fault("S306", message, ("derive", "derivatives", place, key), "check the name")
        if one.of not in section.definitions and one.of in known:
            message = f"{one.of.text} has no definition to differentiate"
            yield Fault("S306", message, ("derive", "derivatives", place, "of"), "choose a defined quantity")
        if one.call is not None and (one.call in known or one.call.text in calls):
            message = f"{one.call.text} is a name of this problem already"
            yield Fault("S305", message, ("derive", "derivatives", place, "call"), "choose another name")
