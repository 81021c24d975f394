"""The stand-in Vocatech does what its own description says, and refuses what that forbids."""

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from bot.sandbox.company.contacts import make_contact_fields
from bot.sandbox.company.model import make_company
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.sandbox.vocatech.openapi import describe

# Together, so that only one worker imports what takes a while.
pytestmark = pytest.mark.xdist_group("contract")
HEADERS = {"Authorization": "Bearer vt-demo-key", "Content-Type": "application/json"}
# Where the stand-in listens is known only once it does, and each test says it.
DESCRIPTION = describe("http://127.0.0.1/v1", make_company(1), make_contact_fields())
OPERATIONS = [
    (method.upper(), path)
    for path, methods in DESCRIPTION["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"}
]
# That one day comes not before another is more than a schema can say.
WITH_DAYS = {"/calls", "/messages"}


@pytest.fixture
def vocatech():
    with FakeVocatech(quotas=False) as stand_in:
        stand_in.ring().answer().hang_up().summarize()
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


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_is_as_it_is_described(method, path, vocatech):
    # Imported here, since it takes a while and only one of the workers needs it.
    import schemathesis
    from schemathesis.checks import CHECKS
    from schemathesis.core.parameters import ParameterLocation
    from schemathesis.generation import GenerationMode

    schema = schemathesis.openapi.from_dict(DESCRIPTION)
    excluded = [CHECKS.get_one("positive_data_acceptance")] if path in WITH_DAYS else []

    def ask(case):
        asked = case.meta.components.get(ParameterLocation.PATH)
        if asked is not None and asked.mode.is_positive:
            case.path_parameters["id"] = vocatech.known[path.split("/")[1]]
        case.call_and_validate(base_url=vocatech.api_url, headers=HEADERS, excluded_checks=excluded)

    for mode in GenerationMode:
        cases = schema[path][method].as_strategy(generation_mode=mode)
        settings(
            max_examples=4,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            # A busy machine is no fault of the stand-in's.
            suppress_health_check=list(HealthCheck),
        )(given(cases)(ask))()
