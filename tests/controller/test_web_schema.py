"""Schemathesis over the OpenAPI document, against the real desk, by all who may move no belt.

Control is scripted and would accept whatever reaches it, so what reaches it is what counts.
"""

import asyncio
import itertools

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from requests.adapters import HTTPAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

EXAMPLES = 12
KEPT_PROMISES = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
"""What is answered is what the document says."""

LAST = {"POST /api/sign-in": 1, "POST /api/sign-out": 2}
"""Wrong PINs use up the tries, and who has signed out can do no more."""

addresses = (f"127.0.{high}.{low}" for high in itertools.count(1) for low in range(1, 255))


class FromAnother(HTTPAdapter):
    """From an address that has not knocked too often yet."""

    def init_poolmanager(self, *args, **named):
        super().init_poolmanager(*args, source_address=(next(addresses), 0), **named)


def attack(document, url, headers):
    """Every operation, with what the document allows and with what it does not; the answers."""
    schema = schemathesis.openapi.from_dict(document)
    schema.config.generation.with_security_parameters = False
    operations = [found.ok() for found in schema.get_all_operations()]
    operations.sort(key=lambda each: LAST.get(each.label, 0))
    return [
        code
        for each in operations
        for mode in GenerationMode
        if mode is GenerationMode.POSITIVE or each.body or each.path_parameters
        for code in examples(each, mode, url, headers)
    ]


def examples(operation, mode, url, headers):
    """Some requests to one operation, each looked at."""
    codes = []
    quiet = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )

    @quiet
    @given(case=operation.as_strategy(generation_mode=mode))
    def one(case):
        with requests.Session() as session:
            session.mount("http://", FromAnother())
            response = case.call(base_url=url, session=session, headers=headers)
        codes.append((operation.label, response.status_code))
        if response.status_code != 503:  # said in the document, and never of a mistake
            case.validate_response(response, checks=[not_a_server_error, *KEPT_PROMISES])

    one()
    return codes


@pytest.fixture
async def document(stage):
    async with stage.client() as client:
        headers = await stage.signed_in()
        return (await client.get("/openapi.json", headers=headers)).json()


@pytest.mark.parametrize("person", ["nobody", "viewer", "engineer"])
async def test_no_request_that_can_be_made_fails_the_desk_or_moves_the_belt(
    stage, document, person
):
    headers = {} if person == "nobody" else await stage.user("eve", person)
    codes = await asyncio.to_thread(attack, document, stage.url, headers)
    heard = [stage.control.commands.get_nowait() for _ in range(stage.control.commands.qsize())]
    assert len(codes) > 5 * len(document["paths"])
    assert {message["verb"] for message in heard} <= {"stop"}
    assert stage.control.presences.empty()
    assert ("POST /api/stop", 200) in codes
    async with stage.client() as client:
        assert (await client.post("/api/stop")).status_code == 200
    code, errors = await stage.end()
    assert (code, errors) == (0, "")
