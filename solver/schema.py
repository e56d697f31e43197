"""The spec language as a JSON Schema, for editors: one of the kinds, made from the models that validate."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from solver.kinds import KINDS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Lists(GenerateJsonSchema):
    """One value stands for a list of one."""

    def list_schema(self, schema: core_schema.ListSchema) -> JsonSchemaValue:
        found = super().list_schema(schema)
        return {"anyOf": [found, found["items"]]} if "items" in found else found


def schema() -> dict[str, Any]:
    """A schema that every valid spec satisfies; what takes solver to tell, such as a name not defined, passes."""
    models = [(kind.model, "validation") for kind in KINDS]
    references, shared = models_json_schema(models, title="A problem of solver", schema_generator=_Lists)  # type: ignore[arg-type]
    kinds = [references[(kind.model, "validation")] for kind in KINDS]
    return {"$schema": DIALECT, "title": shared["title"], "anyOf": kinds, "$defs": shared["$defs"]}
