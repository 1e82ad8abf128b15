"""The OpenAPI 3.1 document, from the same table and models that answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from dashboard.http.api.endpoint import TOP, ReadEndpoint
from dashboard.http.api.problems import PROBLEM

_REFERENCE = "#/components/schemas/{model}"
_PROBLEMS: Mapping[int, str] = {
    400: "A parameter is wrong, missing, or none",
    401: "No valid token or session",
    403: "The token or the person may not do that, or another page asked",
    404: "There is none",
    405: "Not with this method",
    421: "This server has not that name",
    503: "What is stored cannot be read now",
}


class ProblemItem(BaseModel):
    """What went wrong, as RFC 9457 has it; `error` repeats `detail`."""

    type: str
    title: str
    status: int
    detail: str
    error: str


def document(endpoints: Iterable[ReadEndpoint[Any]]) -> dict[str, Any]:
    """The whole of it."""
    table = list(endpoints)
    answers = {endpoint.item for endpoint in table} | {ProblemItem}
    ordered = sorted(answers, key=lambda model: model.__name__)
    _, schemas = models_json_schema(
        [(model, "serialization") for model in ordered], ref_template=_REFERENCE
    )
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in table:
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Scanward", "version": "1", "description": "See docs/api.md."},
        "servers": [{"url": TOP}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "responses": {str(status): _problem(text) for status, text in _PROBLEMS.items()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "scanward-session"},
            },
        },
    }


def _operation(endpoint: ReadEndpoint[Any]) -> dict[str, Any]:
    answer: dict[str, Any] = _reference(endpoint.item)
    if endpoint.is_list:
        answer = {"type": "array", "items": answer}
    responses: dict[str, Any] = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in _PROBLEMS
    }
    good: dict[str, Any] = {
        "description": endpoint.summary,
        "headers": {"ETag": {"schema": {"type": "string"}}},
        "content": {"application/json": {"schema": answer}},
    }
    if "cursor" in endpoint.query.model_fields:
        good["headers"]["Link"] = {
            "description": 'The next page, rel="next"; relative to this one',
            "schema": {"type": "string"},
        }
    return {
        "summary": endpoint.summary,
        "operationId": _name(endpoint),
        "parameters": _parameters(endpoint),
        "responses": {"200": good, "304": {"description": "As it was"}, **responses},
    }


def _name(endpoint: ReadEndpoint[Any]) -> str:
    parts = endpoint.path.strip("/").replace("{", "").replace("}", "").split("/")
    return "_".join([endpoint.method.lower(), *parts])


def _parameters(endpoint: ReadEndpoint[Any]) -> list[dict[str, Any]]:
    schema = endpoint.query.model_json_schema(ref_template=_REFERENCE)
    required = schema.get("required", [])
    parameters = []
    for name, fields in schema.get("properties", {}).items():
        in_path = f"{{{name}}}" in endpoint.path
        place = "path" if in_path else "query"
        description = fields.pop("description", "")
        parameters.append(
            {
                "name": name,
                "in": place,
                "required": in_path or name in required,
                "description": description,
                "schema": _without_null(fields),
            }
        )
    return parameters


def _without_null(fields: dict[str, Any]) -> dict[str, Any]:
    """What may be left out is not null: an address has none."""
    kinds = [kind for kind in fields.pop("anyOf", []) if kind != {"type": "null"}]
    if fields.get("default", "") is None:
        del fields["default"]
    return fields | (kinds[0] if kinds else {})


def _reference(model: type[BaseModel]) -> dict[str, Any]:
    return {"$ref": _REFERENCE.format(model=model.__name__)}


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM: {"schema": _reference(ProblemItem)}}}
