from __future__ import annotations

import pytest

from solver.diagnostics import OTHER_WORDS, closest, nearest
from solver.functions import FUNCTIONS
from solver.losses import LOSSES
from solver.optimizers import OPTIMIZERS


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ReLU", "relu"),
        ("LeakyReLU", "leaky_relu"),
        ("leaky-relu", "leaky_relu"),
        ("Logistic", "sigmoid"),
        ("identity", "linear"),
        ("sigmod", "sigmoid"),
        ("frobnicate", ""),
        ("", ""),
    ],
)
def test_a_word_is_recognised_in_other_letters_under_another_name_or_misspelt(word: str, meant: str) -> None:
    assert closest(word, FUNCTIONS) == meant


def test_the_nearest_word_is_named_or_all_that_may_stand() -> None:
    assert nearest("MSE", LOSSES) == "did you mean 'mean_squared_error'?"
    assert nearest("q", ["a", "b"]) == "one of: a, b"


def test_another_name_leads_to_a_word_of_the_language() -> None:
    assert {*OTHER_WORDS.values()} <= {*FUNCTIONS, *LOSSES, *OPTIMIZERS}
