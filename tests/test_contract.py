"""The stand-in Vocatech does what its own description says, and refuses what that forbids."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.core.parameters import ParameterLocation

from bot.sandbox.company import make_company
from bot.sandbox.company_contacts import make_contact_fields
from bot.sandbox.vocatech import VocatechStandIn
from bot.sandbox.vocatech_openapi import describe

HEADERS = {"Authorization": "Bearer vt-demo-key", "Content-Type": "application/json"}
# Where the stand-in listens is known only once it does, and each test says it.
SCHEMA = schemathesis.openapi.from_dict(
    describe("http://127.0.0.1/v1", make_company(1), make_contact_fields()),
    config=schemathesis.Config.from_dict(
        {"generation": {"deterministic": True, "database": "none"}}
    ),
)
# That one day comes not before another is more than a schema can say.
ACCEPTANCE = CHECKS.get_one("positive_data_acceptance")
WITH_DAYS = {"/calls", "/messages"}


@pytest.fixture
def vocatech():
    with VocatechStandIn(quotas=False) as stand_in:
        stand_in.ring().answer().hang_up().summarise()
        picture = stand_in.media.add(b"\x89PNG", "image/png", "door.png")
        stand_in.receive_text("+14155550199", "It is this one", attachments=[picture])
        stand_in.connect(f"{stand_in.url}/nowhere")
        stand_in.known = {
            "media": picture,
            "users": stand_in.users.ids()[0],
            "contacts": 1,
            "webhooks": stand_in.webhooks.subscriptions[0].id,
        }
        yield stand_in


@SCHEMA.parametrize()
@settings(
    max_examples=10,
    derandomize=True,
    deadline=None,
    # One stand-in for all examples of an operation is meant, and a busy machine no fault.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_operation_is_as_it_is_described(case, vocatech):
    asked = case.meta.components.get(ParameterLocation.PATH)
    if asked is not None and asked.mode.is_positive:
        case.path_parameters["id"] = vocatech.known[case.path.split("/")[1]]
    excluded = [ACCEPTANCE] if case.method == "GET" and case.path in WITH_DAYS else []
    case.call_and_validate(base_url=vocatech.api_url, headers=HEADERS, excluded_checks=excluded)
