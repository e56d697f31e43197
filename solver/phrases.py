"""The words of a worked solution, by language; `{name}` is where mathematics or another phrase goes in."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # headings
    "given": "Given",
    "forward": "Forward pass",
    "definitions": "Step by step",
    "hidden unit": "Unit {unit}",
    "output unit": "Output unit {unit}",
    "error": "The error",
    "backward": "Backward pass",
    "gradient of": "Gradient {gradient}",
    "new value of": "New value of {parameter}",
    "similarly for": "Similarly for {parameter}",
    "summary": "Summary",
    # the list of givens
    "input": "Inputs:",
    "weight": "Weights:",
    "bias": "Biases:",
    "parameter": "Parameters:",
    "value": "Values:",
    "target": "Target:",
    "learning rate": "Learning rate:",
    "stated": "Stated values:",
    "activation": "Activation function: {activation}",
    "activation of": "Activation function of {units}: {activation}",
    "loss": "Error: {loss}",
    "unknown": "Not given, so they stay symbols: {names}",
    # reasons and connecting sentences
    "carried": "Every value is rounded as it is printed, and the rounded value is carried on. The table at the end "
    "shows how far the results drift from the true values.",
    "guarded": "Exact values are carried from line to line. Where the digits shown are too few for a line to be "
    "checked, it is printed with more.",
    "stated here": "stated in the problem",
    "too small": "smaller than rounded numbers can show",
    "reduce the error": "To reduce the error, each parameter takes a step against its gradient.",
    "not in": "{parameter} does not appear in {loss} itself, so follow {path}.",
    "not in, several": "{parameter} does not appear in {loss} itself. It is reached along {count} paths, which are "
    "added:",
    "directly in": "{parameter} appears in {loss} directly.",
    "directly and": "{parameter} appears in {loss} directly and through other quantities. {total} is the derivative "
    "along all {count} paths, {local} the derivative of {loss} alone:",
    "factors": "Each factor on its own:",
    "new factors": "New here:",
    "known": "Already found: {factors}.",
    "from": "(from {equation})",
    "put in": "Putting the values in {equation}:",
    "take the step": "The new value is",
    "equation": "({number})",
    # the closing table
    "quantity": "Parameter",
    "old": "Old value",
    "gradient": "Gradient",
    "new": "New value",
    # the table of the drift
    "drift": "What rounding changed",
    "value of": "Quantity",
    "full": "Carried in full",
    "carried value": "Rounded and carried",
    "difference": "Difference",
    # around a problem
    "source": "Source:",
    # drawings, and what they say to those who cannot see them
    "drawn target": "target ",
    "drawn minus": "minus ",
    "drawn more inputs": "… {count} more inputs",
    "drawn more units": "… {count} more units",
    "drawn more layers": "… {count} more layers",
    "drawn network": "The network, drawn from left to right. Inputs: {inputs}.",
    "drawn unit": " Unit {unit}, {activation}: {parts}.",
    "drawn output": " Output unit {unit}, {activation}: {parts}.",
    "drawn edge": "from {source} with {weight}",
    "drawn bare edge": "from {source}",
    "drawn bias": "bias {bias}",
    "drawn loss": " Error {loss}, with {targets}.",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}
LANGUAGES = tuple(PHRASES)
