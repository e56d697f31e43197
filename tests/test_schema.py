from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from conftest import PROBLEMS

from solver.cli import main


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    result = CliRunner().invoke(main, ["schema"], catch_exceptions=False)
    schema = json.loads(result.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_every_problem_satisfies_the_schema(path: Path, validator) -> None:
    assert validator.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "name",
    ["unknown-top-key", "unknown-key", "unknown-optimizer", "empty-layers", "no-kind", "several-at-once"],
)
def test_what_is_misspelt_does_not(name: str, validator) -> None:
    spec = (Path(__file__).parent / "bad" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not validator.is_valid(yaml.safe_load(spec))
