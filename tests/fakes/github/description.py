"""GitHub's own description of its API, which holds requests and answers to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from openapi_core.validation.exceptions import ValidationError

HERE = Path(__file__).parent
HOST = "http://fake"
FILLER = {"uri": HOST, "date-time": "2026-01-01T00:00:00Z", "email": "fake@fake"}


class Description:
    """The description, read once. Answers are texts: what is wrong, "" for nothing."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document: dict[str, Any] = json.loads((HERE / "openapi.json").read_text(encoding="utf-8"))
        return document

    @cached_property
    def _checker(self) -> OpenAPI:
        return OpenAPI.from_dict(self.document, config=Config(spec_validator_cls=None))  # type: ignore[arg-type]

    def wrong_request(self, request: MockRequest) -> str:
        """What is wrong with a request."""
        try:
            self._checker.validate_request(request)
        except (OpenAPIError, ValidationError) as error:
            return _said(error)
        return ""

    def wrong_answer(self, request: MockRequest, answer: MockResponse) -> str:
        """What is wrong with the answer to a request."""
        try:
            self._checker.validate_response(request, answer)
        except (OpenAPIError, ValidationError) as error:
            return _said(error)
        return ""

    def filled(self, schema: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of a schema, with something in every other field that GitHub always sends."""
        made = self._filled(self.document["components"]["schemas"][schema], values)
        assert isinstance(made, dict)
        return made

    def _filled(self, schema: Mapping[str, Any], value: Any = None) -> Any:
        schema = self._resolved(schema)
        if isinstance(value, Mapping):
            fields = schema.get("properties", {})
            required = [name for name in schema.get("required", ()) if name not in value]
            given = {name: self._filled(fields.get(name, {}), v) for name, v in value.items()}
            return given | {name: self._filled(fields.get(name, {})) for name in required}
        if isinstance(value, list):
            return [self._filled(schema.get("items", {}), item) for item in value]
        unknown = value is None and "type" in schema and not schema.get("nullable")
        return self._filler(schema) if unknown else value

    def _filler(self, schema: Mapping[str, Any]) -> Any:
        if schema["type"] == "object":
            return self._filled(schema, {})
        if "enum" in schema:
            return schema["enum"][0]
        if schema["type"] == "string":
            return FILLER.get(schema.get("format", ""), "")
        return {"integer": 0, "number": 0, "boolean": False, "array": []}[schema["type"]]

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema or "allOf" in schema or "anyOf" in schema or "oneOf" in schema:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].split("/")[-1]]
            elif "allOf" in schema:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                schema = dict(self._resolved(schema["allOf"][0])) | rest
            else:
                schema = schema.get("anyOf") or schema["oneOf"]
                schema = schema[0]  # type: ignore[index]
        return schema


def _said(error: Exception) -> str:
    """The error with its causes: openapi-core keeps what is wrong in the last of them."""
    details = getattr(error.__cause__ or error, "schema_errors", ())
    places = [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:300]}" for one in details]
    return "; ".join([f"{type(error).__name__}: {error}"[:300], *places])
