"""Random expressions, built from the tree itself, for property tests."""

from __future__ import annotations

from flint import fmpq
from hypothesis import strategies as st

from solver.expression import Call, Expression, Negate, Number, Power, Product, Quotient, Sum, Symbol, Term, integer
from solver.names import Name

NAMES = (Name("x"), Name("y"), Name("w", ("1",)))
SMOOTH = ("exp", "sin", "cos", "tanh", "sigmoid", "softplus", "erf", "erfc", "swish", "gelu")

numbers = st.integers(0, 999).map(lambda n: Number(f"{n / 100:.2f}", fmpq(n, 100)))
symbols = st.sampled_from(NAMES).map(Symbol)


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    terms = st.builds(Term, st.sampled_from((1, -1)), inner.filter(lambda node: not isinstance(node, Sum)))
    factors = inner.filter(lambda node: not isinstance(node, Product | Negate))
    return st.one_of(
        st.lists(terms, min_size=2, max_size=3).filter(lambda found: found[0].sign > 0).map(lambda t: Sum(tuple(t))),
        st.lists(factors, min_size=2, max_size=3).map(lambda found: Product(tuple(found))),
        st.builds(Quotient, inner, st.builds(lambda node: Sum((Term(1, integer(2)), Term(1, Power(node, integer(2))))), inner)),
        st.builds(Power, inner, st.integers(2, 3).map(integer)),
        inner.map(Negate),
        st.builds(Call, st.sampled_from(SMOOTH), inner.map(lambda node: (node,))),
        st.lists(inner, min_size=2, max_size=3).map(lambda units: Call("softmax", (units[0], *units))),
    )  # fmt: skip


expressions = st.recursive(st.one_of(numbers, symbols), _larger, max_leaves=6)
"""Smooth everywhere, so that values and derivatives exist at every point."""
