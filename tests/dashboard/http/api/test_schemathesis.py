"""What the document allows, and what it does not, by the thousand: no answer that is not in it, and no 5xx.

`SCANWARD_API_REQUESTS=10000 pytest tests/dashboard/http/api/test_schemathesis.py` asks more than the suite does.
Requests go straight into the routes, half of them about what is really there.
"""

import json
import os
import sys
import time
import warnings
from collections import Counter
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from core.vocabulary.rights import EVERY_RIGHT
from dashboard.http import api
from tests.dashboard.centre import Centre
from tests.dashboard.http.api.asking import Reply, ask, document, mistakes
from tests.dashboard.http.api.test_document import furnish_all

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis
    from schemathesis import Case, GenerationMode

REQUESTS = int(os.environ.get("SCANWARD_API_REQUESTS", "400"))
SCOPES = frozenset(EVERY_RIGHT | {"read"})
KNOWN: dict[str, Any] = {"device": "ct-2", "number": 1, "metric": "tube_temp_c"}

pytestmark = [
    pytest.mark.servers,  # it takes as long as these
    pytest.mark.timeout(120 + REQUESTS // 10),
    pytest.mark.filterwarnings("ignore"),  # of schemathesis and what it stands on
]


def sent(case: Case[Any], *, is_known: bool) -> Reply:
    """The request as a client would write it."""
    with_known = KNOWN if is_known else {}
    path = case.operation.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", quote(str(with_known.get(name, value)), safe=""))
    pairs = {name: with_known.get(name, value) for name, value in (case.query or {}).items()}
    kwargs = case.as_transport_kwargs(base_url="http://scanward.example")
    body = kwargs.get("data", b"")
    if "json" in kwargs:
        body = json.dumps(kwargs["json"]).encode()
    content = body if isinstance(body, bytes) else str(body).encode()
    headers = {name: str(text) for name, text in dict(kwargs["headers"] or {}).items()}
    headers = {name: text for name, text in headers.items() if text.isascii()}
    if case.method.upper() != "GET":
        headers.setdefault("Content-Type", case.media_type or "application/json")
    address = f"/api/v1{path}?{urlencode(pairs, doseq=True)}"
    return ask(address, case.method, content, headers, scopes=SCOPES)


def test_no_request_gets_a_5xx_or_an_answer_that_is_not_in_the_document(
    furnished: Centre,
) -> None:
    furnish_all(furnished)
    described = document()
    schema = schemathesis.openapi.from_dict(described)
    operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) == len(api.READS) + len(api.WRITES)
    each = max(REQUESTS // (2 * len(operations)), 2)
    statuses: Counter[int] = Counter()
    wrong: set[str] = set()

    def examine(operation: Any, mode: GenerationMode) -> None:
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            derandomize=REQUESTS < 1000,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
        def run(case: Case[Any], is_known: bool) -> None:
            reply = sent(case, is_known=is_known)
            statuses[reply.status] += 1
            if reply.status >= 500:
                wrong.add(f"{operation.label}: {reply.status} {reply.body[:200]!r}")
            wrong.update(mistakes(described, operation.path, operation.method, reply))

        run()

    began = time.monotonic()
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            with suppress(Unsatisfiable):  # what an operation takes cannot be wrong
                examine(operation, mode)
    sys.stdout.write(f"{dict(statuses)} in {time.monotonic() - began:.0f} s\n")
    assert sorted(wrong) == []
    assert statuses[200] > len(api.READS)
    assert sum(statuses.values()) > REQUESTS // 4
