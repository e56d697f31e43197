"""What things cost, as ratios of one run: `python tests/bench/costs.py`.

P is the start of the interpreter (`python -c pass`). J is rendering one ready Markdown page of 150 lines and its LaTeX
twin with Jinja2, every number a variable: the least that any program writing such pages through templates must spend.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jinja2

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from random_networks import network  # noqa: E402
from random_specs import specs  # noqa: E402

from solver.derive import derive  # noqa: E402
from solver.kinds import head_of, kind_of  # noqa: E402
from solver.pipeline import collect_seldom, printer, work, write  # noqa: E402
from solver.reader import read_spec  # noqa: E402
from solver.render import FORMATS  # noqa: E402
from solver.solution import solve  # noqa: E402
from solver.source import Source  # noqa: E402
from solver.spec import validate  # noqa: E402
from solver.verify import verify, verify_document  # noqa: E402

NETWORK = (ROOT / "problems/3-backpropagation/network-2-1-1.yaml").read_text(encoding="utf-8")
COUNT = 200
COMMAND = "from solver.cli import main; main()"
"""What the installed script runs."""


def seconds(run: Callable[[], object], repeats: int = 5) -> float:
    """The median time of a call, after one that is not counted."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


def variants(count: int) -> list[Source]:
    """The 2-1-1 network of the course with other numbers."""
    dice = random.Random(3)
    texts = [
        re.sub(r"(x_1|w_1|w_h): [0-9.]+", lambda m: f"{m[1]}: {dice.uniform(0.1, 2):.2f}", NETWORK)
        for _ in range(count)
    ]
    return [Source(f"p{place}", "", "p.yaml", text.encode()) for place, text in enumerate(texts)]


def bare(source: Source) -> None:
    """The pages without a single check: what a program without the promise would do."""
    node = read_spec(source.data)
    kind = kind_of(node)
    spec = validate(node, kind.model)
    solution = solve(kind.expand(spec, head_of(spec, source.id, "")))
    document = derive(solution)
    math = printer(document, solution)
    for name in ("markdown", "latex"):
        FORMATS[name].write(document, solution, math)


def nothing_changed() -> float:
    """A render of a thousand problems that were rendered before."""
    with tempfile.TemporaryDirectory() as folder:
        for place, source in enumerate(variants(1000)):
            (Path(folder) / f"p{place}.yaml").write_bytes(source.data)
        os.environ["XDG_CACHE_HOME"] = folder
        return seconds(process("-c", COMMAND, "render", folder, "-o", f"{folder}/out", "--to", "markdown"))


def ready_page() -> Callable[[], object]:
    """J: the page's own text with each number a variable, compiled beforehand."""
    worked = work(variants(1)[0])
    pages = write(worked, ["markdown", "latex"]).texts
    environment = jinja2.Environment(variable_start_string="<<", variable_end_string=">>", autoescape=False)
    templates, values = [], {}
    for form, text in pages.items():
        numbers: dict[str, str] = {}

        def place(match: re.Match[str], form: str = form, numbers: dict[str, str] = numbers) -> str:
            name = f"{form}{len(numbers)}"
            numbers[name] = match[0]
            return f"<< values.{name} >>"

        lines = text.splitlines()[:150]
        templates.append(environment.from_string(re.sub(r"[0-9]+\.[0-9]+", place, "\n".join(lines))))
        values |= numbers
    return lambda: [template.render(values=values) for template in templates]


def layered(sizes: tuple[int, ...], seed: int = 1) -> Source:
    """A network of sigmoid layers in which every weight and bias is updated."""
    made = replace(
        network(random.Random(seed), sizes), loss="half_squared_error", activations=("sigmoid",) * len(sizes[1:])
    )
    return Source("layers", "", "layers.yaml", made.spec(more="detail: short\nfigure: none").encode())


def solved(source: Source) -> tuple[object, object]:
    """All gradients and new values, and the proof of them."""
    node = read_spec(source.data)
    kind = kind_of(node)
    spec = validate(node, kind.model)
    solution = solve(kind.expand(spec, head_of(spec, source.id, "")))
    return solution, verify(solution)


def growth(j: float) -> None:
    """What gradients cost as networks grow; the last column stays the same where the cost is linear."""
    print("\nall gradients and updates of n-n-...-n networks, proven")
    for layers in (2, 3, 4):
        for n in (2, 4, 8, 16, 32):
            source, weights = layered((n,) * (layers + 1)), (n * n + n) * layers
            took = seconds(lambda source=source: solved(source), 3 if n < 16 else 1)
            print(
                f"  n = {n:2}, L = {layers}: {weights:5} weights  {took / j:9.1f} J  {100 * took / weights / j:6.1f} J a hundred"
            )


def largest(ready: Callable[[], object]) -> None:
    """A network of 2,442 weights and biases; each run has other numbers, so that nothing is remembered.

    Beside each run stand J and the peers of the design, measured at the same moment: a machine is not as fast all the time.
    """
    weights = 2 * 33 * 32 + 33 * 10
    runs = peers()
    found = []
    for seed in range(10):
        source = layered((32, 32, 32, 10), seed)
        j = seconds(ready, 50)
        of_design = statistics.geometric_mean(seconds(run, 5) / counted for run, counted in runs.values())
        start = time.perf_counter()
        assert write(work(source), ["markdown"]).texts
        took = 100 * (time.perf_counter() - start) / weights
        found.append((took / of_design, took / j, 1000 * took))
    in_design, in_page, milliseconds = (statistics.median(column) for column in zip(*found[1:], strict=True))
    print("\n32-32-32-10 in short, every gradient and update, written and read back, a hundred weights (budget 60)")
    print(f"  {milliseconds:6.1f} ms  {in_page:6.1f} J of this page  {in_design:6.1f} J of the design")


def peers() -> dict[str, tuple[Callable[[], object], float]]:
    """What others take for the 2-1-1 network, each with what the design counts for it in J of its own machine.

    Where a run takes as much more or less than the design counts, its J is as much larger or smaller.
    """
    import sympy
    import yaml
    from sympy.core.cache import clear_cache

    spec = variants(1)[0].data

    def naive() -> None:
        clear_cache()
        w_1, w_2, w_h, x_1, x_2, b_1, b_2, y = sympy.symbols("w_1 w_2 w_h x_1 x_2 b_1 b_2 y")
        values = {x_1: 0.5, x_2: 1.1, w_1: 0.25, w_2: 0.3, w_h: 0.33, b_1: -0.1, b_2: 0.3, y: 0.8}
        hidden = 1 / (1 + sympy.exp(-(w_1 * x_1 + w_2 * x_2 + b_1)))
        error = (y - 1 / (1 + sympy.exp(-(w_h * hidden + b_2)))) ** 2 / 2
        for weight in (w_h, w_1, w_2):
            slope = sympy.diff(error, weight)
            sympy.latex(slope), sympy.latex(slope.subs(values))

    return {
        "sympy: build E, differentiate, put in, print": (naive, 342),
        "PyYAML's SafeLoader reads the spec": (lambda: yaml.load(spec, yaml.SafeLoader), 6.3),
        "PyYAML's CSafeLoader reads the spec": (lambda: yaml.load(spec, yaml.CSafeLoader), 0.72),
    }


def main() -> None:
    collect_seldom()  # as the command line does
    sources = variants(COUNT)
    p = seconds(process("-c", "pass"), 15)
    ready = ready_page()
    j = seconds(ready, 200)
    print(f"P  start of the interpreter          {p * 1000:8.2f} ms")
    print(f"J  one ready page and its twin       {j * 1000:8.3f} ms\n")
    print(f"solver --help                        {seconds(process('-c', COMMAND, '--help')) / p:8.1f} P   (budget 5)")
    os.environ["XDG_CACHE_HOME"] = os.devnull  # nothing is remembered
    with tempfile.TemporaryDirectory() as folder:
        one = seconds(
            process("-c", COMMAND, "render", str(ROOT / "problems/3-backpropagation/network-2-1-1.yaml"), "-o", folder)
        )
    print(f"one network, cold                    {one / p:8.1f} P")
    print(f"render of 1,000 problems, nothing changed {nothing_changed() / p:5.1f} P   (budget 8)")
    proven = seconds(lambda: [write(work(source), ["markdown", "latex"]) for source in sources], 3) / COUNT
    unproven = seconds(lambda: [bare(source) for source in sources], 3) / COUNT
    print(
        f"one more 2-1-1 network, Markdown and LaTeX, proven   {proven / j:6.1f} J   ({proven * 1000:.2f} ms; budget 6)"
    )
    print(f"the same without a check                             {unproven / j:6.1f} J   ({unproven * 1000:.2f} ms)")
    print(f"the proof costs                                      {proven / unproven:6.2f} times the page without it")
    parts(sources, unproven)
    growth(j)
    print(f"sympy imported for a network: {'yes' if 'sympy' in sys.modules else 'no'}")
    mixed = [Source(f"r{place}", "", "r.yaml", text.encode()) for place, text in enumerate(specs(100))]
    average = seconds(lambda: [write(work(source), ["markdown", "latex"]) for source in mixed], 1) / len(mixed)
    print(f"a random network or graph of the property test       {average / j:6.1f} J   ({average * 1000:.2f} ms)")
    print("\npeers, and what the design counts for them")
    for name, (run, counted) in peers().items():
        print(f"  {name:46} {seconds(run, 20) / j:8.2f} J   {counted} J")
    largest(ready)


def parts(sources: list[Source], whole: float) -> None:
    """What each check costs beside the page without it."""
    worked = [work(source) for source in sources]
    solutions = [one.solution for one in worked if one.solution]
    documents = [one.document for one in worked if one.document]
    from solver.pipeline import read_back

    pages = [write(one, ["latex"]).texts["latex"] for one in worked]
    math = [printer(document, solution) for document, solution in zip(documents, solutions, strict=True)]
    rows = {
        "second route to values and derivatives": lambda: [verify(solution) for solution in solutions],
        "forms and relations": lambda: [verify_document(*pair) for pair in zip(documents, solutions, strict=True)],
        "reading one written page back": lambda: [read_back(page, "latex", s, m) for page, s, m in zip(pages, solutions, math, strict=True)],
    }  # fmt: skip
    for name, run in rows.items():
        print(f"  {name:50} {seconds(run, 3) / len(sources) / whole:6.2f} times")


if __name__ == "__main__":
    main()
