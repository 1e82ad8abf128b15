"""The OpenAPI 3.1 document, from the same table and models that answer."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from dashboard.http.api.endpoint import TOP, ReadEndpoint
from dashboard.http.api.file_endpoint import FileEndpoint
from dashboard.http.api.idempotent import LONGEST
from dashboard.http.api.problems import PROBLEM
from dashboard.http.api.request_body import JSON
from dashboard.http.api.write_endpoint import AnyWriteEndpoint

_REFERENCE = "#/components/schemas/{model}"
AnyRead = ReadEndpoint[Any] | FileEndpoint[Any]
AnyEndpoint = AnyRead | AnyWriteEndpoint

_PROBLEMS: dict[int, str] = {
    400: "A parameter is wrong, missing, or none",
    401: "No valid token or session",
    403: "The token or the person may not do that, or another page asked",
    404: "There is none",
    405: "Not with this method",
    421: "This server has not that name",
    429: "Too many requests of this token, or of this address without one: see Retry-After",
    503: "What is stored cannot be read now",
}

_TOO_OFTEN = 429
_OF_WRITES: dict[int, str] = {
    408: "The body did not come in time",
    409: "A request with this Idempotency-Key is being answered",
    413: "The body is larger than a megabyte",
    415: "The body is not JSON",
    422: "A field is wrong, it is refused, or the Idempotency-Key was used for another request",
}

_KEY: Mapping[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once; kept a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
}


class ProblemItem(BaseModel):
    """What went wrong, as RFC 9457 has it; `error` repeats `detail`."""

    type: str
    title: str
    status: int
    detail: str
    error: str


def document(reads: Iterable[AnyRead], writes: Iterable[AnyWriteEndpoint]) -> dict[str, Any]:
    """The whole of it."""
    written = list(writes)
    table: list[AnyEndpoint] = [*reads, *written]
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
            "schemas": _schemas(table, written),
            "responses": {
                str(status): _problem(status, text)
                for status, text in (_PROBLEMS | _OF_WRITES).items()
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "scanward-session"},
            },
        },
    }


def _schemas(table: Iterable[AnyEndpoint], writes: Iterable[AnyWriteEndpoint]) -> dict[str, Any]:
    """Of what is answered and what is sent, by the name of the model."""
    items = {row.item for row in table if not isinstance(row, FileEndpoint)}
    answers = sorted(items | {ProblemItem}, key=_model_name)
    bodies = sorted({row.body for row in writes}, key=_model_name)
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "serialization") for model in answers),
        *((model, "validation") for model in bodies),
    ]
    _, schemas = models_json_schema(modes, ref_template=_REFERENCE)
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions


def _model_name(model: type[BaseModel]) -> str:
    return model.__name__


def _operation(endpoint: AnyEndpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": _name(endpoint),
        "parameters": _parameters(endpoint),
    }
    if isinstance(endpoint, FileEndpoint):
        good, problems = {"200": _file_answer(endpoint)}, _PROBLEMS
    elif isinstance(endpoint, ReadEndpoint):
        good, problems = (
            {"200": _read_answer(endpoint), "304": {"description": "As it was"}},
            _PROBLEMS,
        )
    else:
        good, problems = {str(endpoint.status): _answer(endpoint)}, _PROBLEMS | _OF_WRITES
        operation["description"] = f"Scope: `{endpoint.right}`. A session may not write."
        operation["security"] = [{"token": []}]
        operation["parameters"].append(_KEY)
        content = {JSON: {"schema": _reference(endpoint.body)}}
        operation["requestBody"] = {"required": True, "content": content}
    if isinstance(endpoint, ReadEndpoint | FileEndpoint) and endpoint.right is not None:
        operation["description"] = f"Needs the right to {endpoint.right}; a token, that scope too."
    refusals = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(problems)
    }
    return operation | {"responses": good | refusals}


def _file_answer(endpoint: FileEndpoint[Any]) -> dict[str, Any]:
    schema = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": schema} for media_type in endpoint.media_types}
    return {"description": endpoint.summary, "content": content}


def _answer(endpoint: ReadEndpoint[Any] | AnyWriteEndpoint) -> dict[str, Any]:
    schema: dict[str, Any] = _reference(endpoint.item)
    if endpoint.is_list:
        schema = {"type": "array", "items": schema}
    return {"description": endpoint.summary, "content": {JSON: {"schema": schema}}}


def _read_answer(endpoint: ReadEndpoint[Any]) -> dict[str, Any]:
    headers: dict[str, Any] = {"ETag": {"schema": {"type": "string"}}}
    if "cursor" in endpoint.query.model_fields:
        headers["Link"] = {
            "description": 'The next page, rel="next"; relative to this one',
            "schema": {"type": "string"},
        }
    return _answer(endpoint) | {"headers": headers}


def _name(endpoint: AnyEndpoint) -> str:
    parts = endpoint.path.strip("/").replace("{", "").replace("}", "").split("/")
    return "_".join([endpoint.method.lower(), *parts])


def _parameters(endpoint: AnyEndpoint) -> list[dict[str, Any]]:
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


def _problem(status: int, text: str) -> dict[str, Any]:
    answer = {"description": text, "content": {PROBLEM: {"schema": _reference(ProblemItem)}}}
    if status == _TOO_OFTEN:
        whole = {"schema": {"type": "integer", "minimum": 1}, "description": "In seconds"}
        answer["headers"] = {"Retry-After": whole}
    return answer
