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
    "softmax": "Softmax of the outputs",
    "back through": "Back through {unit}",
    "update number": "Update {number}",
    "one update": "One update",
    "sample": "Sample {number}",
    "one sample": "Sample",
    "the batch": "The batch",
    "likewise": "Likewise for the others, {parameter} to {last}",
    "again": "Forward pass with the new values",
    "losses": "The loss during the run",
    "backward": "Backward pass",
    "gradient of": "Gradient {gradient}",
    "new value of": "New value of {parameter}",
    "similarly for": "Similarly for {parameter}",
    "summary": "Summary",
    "derivation": "Derivation",
    "result": "Result",
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
    "optimizer": "{optimizer} works from the gradient:",
    "deltas": "Go back from {loss}, unit by unit: each derivative is made from those nearer to {loss}. Where a unit is "
    "read by several others, what comes back from each is added.",
    "since one": "since {sum}",
    "parameters now": "The parameters are now",
    "batch reduced mean": "The loss of the batch and its gradient are the means of those of the samples.",
    "batch reduced sum": "The losses and the gradients of the samples are added.",
    "loss went": "Before, {before}; now, {after}.",
    "training by": "Training: {optimizer}",
    "training run": "Run: {updates} updates{mode}. A raised [k] marks the values of update k.",
    "one batch": "One update{mode}. A raised ⟨i⟩ marks the values of sample i.",
    "online": ", one sample after the other",
    "batch mean": " with the mean over all samples",
    "batch sum": " with the sum over all samples",
    "equation": "({number})",
    # the closing table
    "quantity": "Parameter",
    "old": "Old value",
    "gradient": "Gradient",
    "new": "New value",
    "after run": "Value after the run",
    "update": "Update",
    "loss before": "Loss before the update",
    "afterwards": "afterwards",
    # the table of the drift
    "drift": "What rounding changed",
    "value of": "Quantity",
    "full": "Carried in full",
    "carried value": "Rounded and carried",
    "difference": "Difference",
    # derivations
    "by definition": "definition of {function}",
    "differentiate": "differentiate both sides",
    "rewritten": "the same function, written as a power",
    "rewritten otherwise": "the same function in another form",
    "constant": "constant rule",
    "identity": "derivative of the variable itself",
    "sum": "sum rule",
    "constant factor": "constant factor rule",
    "product": "product rule",
    "quotient": "quotient rule",
    "power alone": "power rule",
    "power": "power rule and chain rule",
    "chain alone": "known derivative",
    "exponential": "exponential rule and chain rule",
    "chain": "chain rule",
    "tidy": "simplify",
    "in terms of": "since {formula} is {function}",
    # around a problem
    "source": "Source:",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}
LANGUAGES = tuple(PHRASES)
