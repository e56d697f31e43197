from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import PROBLEMS, ROOT

from solver.cli import FORMAT_NAMES, USUAL, main
from solver.diagnostics import CODES
from solver.render import FORMATS

BAD = Path(__file__).parent / "bad"
GOOD = ROOT / "problems" / "3-backpropagation" / "network-2-1-1.yaml"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, [str(part) for part in arguments], catch_exceptions=False)


def test_render_writes_every_format_of_every_problem(run, tmp_path: Path) -> None:
    result = run("render", ROOT / "problems")
    assert result.exit_code == 0
    pages = {f"build/{name}/{path.stem}.{FORMATS[name].ending}" for name in USUAL for path in PROBLEMS}
    expected = {*pages, "build/latex/solver.sty"}
    assert set(result.stdout.split()) == expected
    written = {str(path.relative_to(tmp_path)) for path in (tmp_path / "build").rglob("*.*") if path.is_file()}
    pieces = {f"build/latex/{path.stem}" for path in PROBLEMS}
    assert {name for name in written if str(Path(name).parent) not in pieces} == expected
    assert {str(Path(name).parent) for name in written - expected} == pieces
    assert f"{len(PROBLEMS)} problems solved" in result.stderr


def test_what_has_not_changed_is_not_written_again(run) -> None:
    run("render", GOOD)
    assert run("render", GOOD).stdout == ""


def test_a_render_with_nothing_changed_imports_nothing_heavy(tmp_path: Path) -> None:
    arguments = ("render", str(GOOD), "-o", str(tmp_path))
    assert "pydantic" in imported(*arguments)
    assert imported(*arguments) == set()


@pytest.mark.parametrize("change", ["spec", "output", "deleted", "formats", "manifest"])
def test_what_has_changed_is_written_again(run, tmp_path: Path, change: str) -> None:
    spec, page = tmp_path / "p.yaml", tmp_path / "build/markdown/p.md"
    shutil.copy(GOOD, spec)
    run("render", "p.yaml", "--to", "markdown")
    before = page.read_text()
    match change:
        case "spec":
            spec.write_text(spec.read_text().replace("0.33", "0.44"))
        case "output":
            page.write_text("edited")
        case "deleted":
            page.unlink()
        case "manifest":
            (file,) = (tmp_path / "cache/worked-solver").glob("build-*.json")
            file.write_text('{"key": 3, "specs": []}')
            page.write_text("edited")
    result = run("render", "p.yaml", "--to", "markdown,latex" if change == "formats" else "markdown")
    assert result.exit_code == 0
    assert ("build/latex/p.tex" if change == "formats" else "build/markdown/p.md") in result.stdout
    assert (page.read_text() == before) == (change != "spec")


def test_a_spec_that_changes_while_it_is_worked_is_worked_again(tmp_path: Path, monkeypatch) -> None:
    from solver.manifest import Manifest

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    spec, page = tmp_path / "p.yaml", tmp_path / "p.md"
    spec.write_text("first")
    manifest = Manifest.read(tmp_path, ["markdown"])
    assert not manifest.is_fresh(spec)
    page.write_text("page")
    spec.write_text("second, while the first was worked")
    manifest.record(spec, [page])
    assert not manifest.is_fresh(spec)


def test_an_error_is_said_again_and_again(run, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("title: T\n")
    assert run("render", "p.yaml").exit_code == run("render", "p.yaml").exit_code == 1


def test_formats_and_folder_are_chosen(run, tmp_path: Path) -> None:
    assert run("render", GOOD, "--to", "json", "-o", "out").exit_code == 0
    assert [path.name for path in (tmp_path / "out").rglob("*.*")] == ["network-2-1-1.json"]
    assert json.loads((tmp_path / "out/json/network-2-1-1.json").read_text())["id"] == "network-2-1-1"


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_bad_input_is_said_at_its_place(run, golden, path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path)
    shutil.copy(GOOD, tmp_path)
    result = run("render", path.name, GOOD.name)
    assert result.exit_code == 1
    golden(f"{path.stem}.txt", result.stderr, folder="bad")
    assert "Traceback" not in result.stderr
    assert sorted(file.name for file in (tmp_path / "build").glob("*/*.*")) == [
        "network-2-1-1.json", "network-2-1-1.md", "network-2-1-1.tex", "solver.sty",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("render", "nowhere"), "there is no file or folder nowhere"),
        (("render", "."), "no .yaml files in ."),
        (("render", GOOD, "--to", "word"), f"unknown format 'word'; choose from {', '.join(FORMAT_NAMES)}"),
        (("render", GOOD, "--to", ","), "no format"),
        (("explain", "S999"), "there is no diagnostic S999"),
        (("site", "nowhere"), "there is no file or folder nowhere"),
    ],
)
def test_usage_errors_exit_with_2(run, arguments: tuple[object, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("stage", ["work", "write"])
def test_a_fault_of_solver_itself_stops_one_problem_and_exits_with_2(
    run, tmp_path: Path, monkeypatch, stage: str
) -> None:
    import solver.pipeline

    real = getattr(solver.pipeline, stage)

    def failing(what, *rest):
        if "broken" in what.file:
            raise RuntimeError("out of order")
        return real(what, *rest)

    monkeypatch.setattr(solver.pipeline, stage, failing)
    shutil.copy(GOOD, tmp_path / "broken.yaml")
    shutil.copy(GOOD, tmp_path)
    result = run("render", ".")
    assert result.exit_code == 2
    assert "error[S901]: solver failed on this problem: RuntimeError: out of order" in result.stderr
    assert "Traceback" not in result.stderr
    assert (tmp_path / "build/markdown/network-2-1-1.md").is_file()
    assert not (tmp_path / "build/markdown/broken.md").exists()


@pytest.mark.parametrize(
    "function",
    [
        "f(x) = 9^9^9^9*x",
        "f(x) = " + "sigmoid(" * 9 + "x" + ")" * 9,
        "f(x) = (x + y + z)^400",
        "f(x) = tanh(x)^40*sin(x)^30*ln(1 + exp(x))^20",
        "f(x) = relu(exp(0^-1))",
        "f(x) = x*relu(sin(x))",
    ],
)
def test_no_derivation_hangs_or_crashes(tmp_path: Path, function: str) -> None:
    (tmp_path / "d.yaml").write_text(f"title: D\nderive: {{function: {function}, by: x}}\n")
    command = [sys.executable, "-m", "solver", "render", "d.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode in (0, 1), done.stderr


def test_a_product_of_unknown_sums_does_not_grow_without_end(run, tmp_path: Path) -> None:
    factors = "*".join(f"(a{n} + b{n})" for n in range(1, 30))
    (tmp_path / "p.yaml").write_text(f"title: P\ndefine: {{L: {factors}}}\n")
    assert run("render", "p.yaml").exit_code == 0


def test_two_specs_with_one_id_are_both_refused(run, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        shutil.copy(GOOD, tmp_path / folder / "same.yaml")
    result = run("render", ".")
    assert result.exit_code == 1
    assert "the id 'same' is also that of b/same.yaml" in result.stderr
    assert "the id 'same' is also that of a/same.yaml" in result.stderr
    assert not list(tmp_path.rglob("*.md"))


@pytest.mark.parametrize("name", ["con.yaml", "a b.yaml", "-x.yaml", "ä.yaml", "index.yaml", "a\nb.yaml"])
def test_a_file_name_that_is_no_address_is_refused(run, tmp_path: Path, name: str) -> None:
    shutil.copy(GOOD, tmp_path / name)
    result = run("render", ".")
    assert result.exit_code == 1
    assert "error[S205]" in result.stderr
    assert not list(tmp_path.rglob("*.md"))


def test_an_output_folder_that_cannot_be_written_is_said(run, tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file")
    result = run("render", GOOD)
    assert result.exit_code == 2
    assert "cannot write" in result.stderr


def test_a_failing_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from solver.files import write_file

    target = tmp_path / "page.md"
    write_file(target, "old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_file(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


def test_explain_knows_every_code(run) -> None:
    listed = run("explain").stdout
    for code in CODES:
        assert code in listed
        assert run("explain", code.lower()).stdout.startswith(f"{code}: ")


def test_help_names_every_command(run) -> None:
    for command in ("render", "site", "explain"):
        assert command in run("--help").stdout
        assert run(command, "--help").exit_code == 0


@pytest.mark.parametrize("seed", ["0", "1"])
def test_output_is_the_same_whatever_the_hash_seed_and_time_zone(tmp_path: Path, seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC{seed}", "LC_ALL": "C"}
    command = [sys.executable, "-m", "solver", "render", str(ROOT / "problems"), "-o", str(tmp_path / seed)]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    subprocess.run([*command[:-1], str(tmp_path / "again")], check=True, capture_output=True)
    for path in (tmp_path / seed).rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(tmp_path / seed)).read_bytes()


HEAVY = (
    "sympy", "pydantic", "flint", "yaml", "jinja2", "mkdocs", "markdown_it", "dataclasses", "solver.diagnostics",
    "solver.pipeline",
)  # fmt: skip


def imported(*arguments: str) -> set[str]:
    code = f"""
import sys
from solver.cli import main
try:
    main({list(arguments)!r})
except SystemExit:
    pass
print("\\n" + " ".join(name for name in {HEAVY!r} if name in sys.modules))
"""
    return set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        .stdout.splitlines()[-1]
        .split()
    )


def test_help_imports_nothing_heavy() -> None:
    assert imported("--help") == set()


def test_a_network_is_rendered_without_sympy(tmp_path: Path) -> None:
    found = imported("render", str(GOOD), "-o", str(tmp_path))
    assert "sympy" not in found
    assert "mkdocs" not in found
