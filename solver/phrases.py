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
    "error": "The loss",
    "softmax": "Softmax of the outputs",
    "layer": "Layer {number}",
    "output layer": "Layer {number}, the output layer",
    "new values": "New values",
    "new values of layer": "New values of layer {number}",
    "from the loss": "From {loss}",
    "back through": "Back through {unit}",
    "back to shares": "Back to the outputs of the softmax",
    "update number": "Update {number}",
    "one update": "One update",
    "sample": "Sample {number}",
    "one sample": "Sample",
    "the batch": "The batch",
    "all samples": "All samples",
    "left out": "{count} more are worked the same way; they stand in the JSON of this problem, and on the page with "
    "detail: full.",
    "likewise": "Likewise for the others, {parameter} to {last}",
    "parameters": "The parameters now",
    "one parameter now": "The parameter now",
    "other units": "The other units of layer {layer}",
    "back through others": "Back through the other units of layer {layer}",
    "worked alike": "{count} more units are worked the same way:",
    "units": "Units",
    "one value of": "Value",
    "first to last": "{first} to {last}",
    "again": "Forward pass with the new values",
    "marks after one": "A raised [{mark}] marks the values after the update.",
    "marks after run": "A raised [{mark}] marks the values after update {last}, the last.",
    "losses": "The loss during the run",
    "backward": "Backward pass",
    "gradient of": "Gradient {gradient}",
    "new value of": "New value of {parameter}",
    "similarly for": "Similarly for {parameter}",
    "summary": "Summary",
    # the list of givens
    "input": "Inputs:",
    "weight": "Weights:",
    "weights into": "Weights into {unit}:",
    "row of": "Row {number} of {matrix}:",
    "bias": "Biases:",
    "threshold": "Thresholds:",
    "parameter": "Parameters:",
    "value": "Values:",
    "target": "Targets:",
    "learning rate": "Learning rates:",
    "stated": "Stated values:",
    "one input": "Input:",
    "one weight": "Weight:",
    "one bias": "Bias:",
    "one threshold": "Threshold:",
    "one parameter": "Parameter:",
    "one value": "Value:",
    "one target": "Target:",
    "one learning rate": "Learning rate:",
    "one stated": "Stated value:",
    "activation": "Activation function: {activation}",
    "act": ", written Act",
    "act there": ", written Act there",
    "erfc": " (in its derivative, erfc is 1 - erf)",
    "letters of targets": " (in formulas the letter of an output unit alone, as {unit}, is its target; its output is "
    "{output})",
    "letter of target": "In formulas the letter of an output unit alone, as {unit}, is its target; its output is "
    "{output}.",
    "names of layers": "{weight} is the weight from {source} to unit 1 of layer 1; {net_input} is the net input of "
    "that unit, {output} its output.",
    "activation of layer": "Activation function of layer {number}: {activation}",
    "entry by entry": "Functions of a vector and the product with a small circle are taken entry by entry.",
    "entry by entry but softmax": "Functions of a vector, softmax apart, and the product with a small circle are taken "
    "entry by entry.",
    "activation of": "Activation function of {units}: {activation}",
    "loss": "Loss: {loss}",
    "loss summed": "Loss: {loss}, summed over the outputs",
    "loss averaged": "Loss: {loss}, the mean over the outputs",
    "unknown": "Not given, so they stay symbols: {names}",
    # reasons and connecting sentences
    "carried": "Every value is rounded as it is printed, and the rounded value is carried on.",
    "drifted": " The table at the end shows how far the results drift from the true values.",
    "guarded": "Exact values are carried from line to line. Where the digits shown are too few for a line to be "
    "checked, it is printed with more.",
    "stated here": "stated in the problem",
    "too small": "numbers put in would need too many digits",
    "since": "since {comparisons}",
    "slope of activation": "derivative of the {activation} function",
    "same steps": "by the same steps",
    "slope of loss": "derivative of {loss}",
    "slope of softmax": "derivative of the Softmax function",
    "slope of softmax across": "the same, by another argument",
    "since likewise": "since {first}, and likewise for the others",
    "since only": "since only {part} contains {quantity}",
    "kink": "{comparisons}: {function} has no derivative there; {value} is taken",
    "tie": "{comparisons}: {function} has no derivative there; that of the first is taken",
    "jump": "{comparisons}: {function} is taken as {value} there",
    "cases": "Here {comparisons}.",
    "right class": "The right class is the one whose target is 1, here that of {output}. Each other class has a part "
    "of the loss, which is 0 where its output is below that of the right class by 1 or more.",
    "right class of sample": "The right class is the one whose target is 1: the sum of the targets times the outputs "
    "is its output. Each other class has a part of the loss, which is 0 where its output is below that of the right "
    "class by 1 or more; the part of the right class is 0 by its first factor.",
    "zero log": "{product} is taken as 0",
    "reduce the loss": "To reduce {loss}, each parameter takes a step against its gradient; all gradients are worked "
    "before any parameter changes.",
    "reduce by one": "To reduce {loss}, {parameter} takes a step against the gradient.",
    "not in": "{parameter} does not appear in {loss} itself, so follow {path}.",
    "not in, several": "{parameter} does not appear in {loss} itself. It is reached along {count} paths, which are "
    "added:",
    "read by": "{parameter} stands in the formula of {reader}. Its gradient is what comes back to {reader}, times the "
    "local derivative of {reader} with respect to {parameter}:",
    "read by several": "{parameter} stands in the formulas of {reader}. What comes back to each of them, times its "
    "local derivative with respect to {parameter}, is added:",
    "read by and directly": "{parameter} stands in the formula of {reader} and in {loss} itself{apart}. To what comes "
    "back to {reader}, times the local derivative of {reader} with respect to {parameter}, the derivative of {loss} "
    "alone is added:",
    "read by several and directly": "{parameter} stands in the formulas of {reader}, and in {loss} itself{apart}. What "
    "comes back to each of them, times its local derivative with respect to {parameter}, is added, and so is the "
    "derivative of {loss} alone:",
    "read by again": "{parameter} stands in the formula of {reader}:",
    "read by several again": "{parameter} stands in the formulas of {reader}:",
    "read by and directly again": "{parameter} stands in the formula of {reader} and in {loss} itself{apart}:",
    "read by several and directly again": "{parameter} stands in the formulas of {reader}, and in {loss} "
    "itself{apart}:",
    "apart": ": {total} is the derivative along all paths, {local} the derivative of {loss} alone",
    "gradients": "Gradients",
    "directly in": "{parameter} appears in {loss} directly.",
    "directly and": "{parameter} appears in {loss} directly and through other quantities. {total} is the derivative "
    "along all {count} paths, {local} the derivative of {loss} alone:",
    "factors": "Each factor on its own:",
    "new factors": "New here:",
    "known": "Already found: {factors}.",
    "from": "(from {equation})",
    "put in": "Putting the values in {equation}:",
    "roots entry by entry": "So are roots and quotients of matrices; a number added to one is added to each entry.",
    "take the step": "The new value is",
    "take the steps": "The new values are",
    "decayed": "Weight decay adds a part of the parameter to its gradient.",
    "kept by momentum": "{v} is what momentum keeps: at first the gradient, from then on {mu} times what was kept plus "
    "the new gradient.",
    "kept by momentum dampened": "{v} is what momentum keeps: at first the gradient, from then on {mu} times what was "
    "kept plus a part of the new gradient.",
    "kept by nesterov": "{v} is what momentum keeps: at first the gradient, from then on {mu} times what was kept plus "
    "the new gradient. Nesterov's step looks ahead: to the gradient it adds {mu} times what is kept.",
    "kept by adagrad": "{s} is the sum of the squares of all gradients so far; the step is divided by its root.",
    "kept by rmsprop": "{v} is a running mean of the squared gradient, which keeps the share {rho} of what it was; "
    "the step is divided by its root.",
    "kept by adam": "{m} is a running mean of the gradient, which keeps the share {beta_1} of what it was, and {v} one "
    "of its square, which keeps {beta_2}. Both begin at 0, so at first they are too small; {mhat} and {vhat} make up "
    "for that.",
    "kept by adamw": "{m} is a running mean of the gradient, which keeps the share {beta_1} of what it was, and {v} "
    "one of its square, which keeps {beta_2}. Both begin at 0, so at first they are too small; {mhat} and {vhat} make "
    "up for that. Weight decay stands in the step itself.",
    "guards": " {epsilon} guards against a division by zero.",
    "deltas": "Go back from {loss}, unit by unit: each derivative is worked out from those nearer to {loss}.",
    "delta": " The derivative of {loss} with respect to the net input of a unit, as {net_input}, is the delta of the "
    "unit.",
    "unit read by several": " Where a unit is read by several others, what comes back from each is added.",
    "deltas of definitions": "Go back from {loss}, step by step: each derivative is worked out from those nearer to "
    "{loss}.",
    "quantity read by several": " Where a quantity is read by several others, what comes back from each is added.",
    "apart in the sweep": " {total} is the derivative along all paths, {local} the derivative of {loss} alone.",
    "since one": "since {sum}",
    "layer deltas": "Go back from {loss}, layer by layer. The vectors {deltas} hold the derivatives of {loss} with "
    "respect to the net inputs {net_inputs}; each is worked out from the one nearer to {loss}.",
    "layer slopes": "A prime marks the derivative: {slopes} holds that of the activation function at each net input.",
    "number beside": "A number before a vector stands for each entry: the entries of 1 minus a vector are 1 minus "
    "those of the vector.",
    "rule of relu": "ReLU leaves a positive argument as it is and makes 0 of any other.",
    "rule of leaky_relu": "LeakyReLU leaves a positive argument as it is.",
    "rule of elu": "ELU leaves a positive argument as it is.",
    "rule of step": "Step is 1 for a positive argument and 0 for any other.",
    "rule of sign": "sign is 1 for a positive argument, -1 for a negative one and 0 for 0.",
    "entry jump": "{comparisons}: {value} is taken there.",
    "entry written out": "One entry, with {function} written out:",
    "layer chain": "By the chain rule an entry of {delta} is the derivative of {loss} with respect to the output of "
    "its unit, times the derivative of the activation function at its net input.",
    "layer back": "An output of this layer reaches each net input of the next by a weight of its own. What comes back "
    "to it is the sum of these weights, each times its entry of {delta}: its row of {transposed}, which is {weights} "
    "with rows and columns exchanged, times {delta}.",
    "layer weights": "A weight stands in one net input, times one entry of {inputs}: its derivative is that entry, "
    "times the entry of {delta} for that net input. Together they are the column {delta} times the row {transposed}.",
    "layer biases": "A bias is added to its net input, so its derivative is the entry of {delta} for that net input.",
    "shared bias": "{bias} is shared by the units of the layer, so what comes back to each of them is added.",
    "parameters after": "After {updates} updates the parameters are {values}.",
    "optimizer keeps": "The optimizer has kept {values}.",
    "batch reduced mean": "The loss of the batch and its gradient are the means of those of the samples.",
    "batch reduced sum": "The losses and the gradients of the samples are added.",
    "losses left out": "The table shows {shown} of the {updates} updates; the others are left out.",
    "loss went": "Before, {before}; now, {after}.",
    "training by": "Training: {optimizer}",
    "training run": "Run: {updates} updates{mode}. A raised [k] marks the values of update k; the given parameters, "
    "those of update 1, carry no mark.",
    "training run of samples": "Run: {updates} updates{mode}. A raised [k] marks the values of update k, a number "
    "raised in angle brackets those of that sample; the given parameters, those of update 1, carry no mark.",
    "one batch": "One update{mode}. A number raised in angle brackets marks the values of that sample.",
    "online": ", one sample after the other",
    "batch mean": " with the mean over all samples",
    "batch sum": " with the sum over all samples",
    "equation": "({number})",
    # what stands before each three digits of a count
    "thousands": ",",
    # the closing table
    "quantity": "Parameter",
    "old": "Old value",
    "gradient": "Gradient",
    "new": "New value",
    "after run": "Value after the run",
    "column g of sgd": "With weight decay",
    "column g of momentum": "With weight decay",
    "column v of momentum": "What is kept",
    "column g of nesterov": "With weight decay",
    "column v of nesterov": "What is kept",
    "column g of adagrad": "With weight decay",
    "column s of adagrad": "Sum of squares",
    "column g of rmsprop": "With weight decay",
    "column v of rmsprop": "Mean of squares",
    "column g of adam": "With weight decay",
    "column m of adam": "Mean",
    "column v of adam": "Mean of squares",
    "column mhat of adam": "Mean, made up for its start",
    "column vhat of adam": "Mean of squares, made up for its start",
    "column m of adamw": "Mean",
    "column v of adamw": "Mean of squares",
    "column mhat of adamw": "Mean, made up for its start",
    "column vhat of adamw": "Mean of squares, made up for its start",
    "update": "Update",
    "loss before": "Loss before the update",
    "afterwards": "afterwards",
    # the table of the drift
    "drift": "What rounding changed",
    "value of": "Quantity",
    "full": "Carried in full",
    "carried value": "Rounded and carried",
    "difference": "Difference",
    # what a speaker says of a line that has no reason beside it
    "say formula": "the formula",
    "say rule": "by the rule",
    "say again": "as found",
    "say numbers": "put the numbers in",
    "say spelled": "write the function out",
    "say worked": "work out each part",
    "say result": "the result",
    "say rounded": "rounded",
    # the problem sheet
    "asked": "Find",
    "find values": "the values of {names}",
    "find gradient": "the derivatives {names}",
    "find update": "the values of {names} after one step of gradient descent on {loss}",
    "find derivative": "the derivative {derivative}",
    "find derivative in terms of": "the derivative {derivative}, in terms of {function}",
    # around a problem
    "source": "Source:",
    # drawings, and what they say to those who cannot see them
    "the network": "The network",
    "the graph": "The graph",
    "the gradients": "The gradients",
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
    "drawn gradients": "The derivatives of {loss} that were found, each {places}:",
    "drawn gradient": "The derivative of {loss} that was found, {places}:",
    "drawn of batch": "Of the quantities that each sample has of its own, those of sample {sample} are drawn. ",
    "on the edge": "on the edge of the weight",
    "above the unit": "above the unit of the bias",
    "below the unit": "below the unit",
    "or": "{first} or {last}",
    "drawn gradients aloud": "The network with a derivative on each edge whose weight has one: {gradients}.",
    "drawn ways": "The network with the way {ways} marked.",
    "drawn pass": " The values are those of {which}.",
    "sample in update": "sample {sample} in update {update}",
    "the sample": "sample {sample}",
    "the update": "update {update}",
    "drawn losses": "The loss from update {first} to {last}: it begins at {begun} and ends at {ended}.",
    "drawn losses and after": "The loss from update {first} to update {last} and after it: it begins at {begun} and "
    "ends at {ended}.",
    "drawn updates and after": "Update; the last point is the loss afterwards",
    "drawn by powers": " (logarithmic scale)",
    "drawn graph": "The graph of the computation, drawn from left to right. It begins with {givens}.",
    "drawn definition": " From {sources} comes {value}.",
    "drawn graph gradients": "The derivatives of {loss} that were found, each below its quantity:",
    "drawn graph gradient": "The derivative of {loss} that was found, below its quantity:",
    "drawn graph gradients aloud": "The graph with a derivative below each quantity that has one: {gradients}.",
    "drawn graph ways": "The graph with the way {ways} marked.",
    "drawn sum": "sum",
    "drawn product": "product",
    "drawn quotient": "quotient",
    "drawn power": "power",
    "drawn loss": " Loss {loss}, with {targets}.",
    "drawn loss alone": " Loss {loss}.",
}

PHRASES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}
LANGUAGES = tuple(PHRASES)


def counted(number: int, words: Mapping[str, str]) -> str:
    """A whole number as the words of a language write it: 10,000 in English."""
    return f"{number:,}".replace(",", words["thousands"])
