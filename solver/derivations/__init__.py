"""How a derivation goes: rules one at a time, tidying, forms asked for; each line a record, each proven."""

from __future__ import annotations

from typing import assert_never

from solver.derivations.chain import chain
from solver.derivations.derived import Derived
from solver.derivations.equations import rearrange
from solver.derivations.find import derive_functions
from solver.derivations.substitution import insert
from solver.problem import AnyDerivation, ChainRule, Derivation, Rearrangement, Substitution


def derive_all(derivation: AnyDerivation) -> Derived:
    """The lines of a derivation, each proven or checked. Raises ProblemError where the author must act."""
    match derivation:
        case Derivation():
            return derive_functions(derivation)
        case Rearrangement():
            return rearrange(derivation)
        case Substitution():
            return insert(derivation)
        case ChainRule():
            return chain(derivation)
        case _:
            assert_never(derivation)
