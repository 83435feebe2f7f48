"""A17: events are named as the AWS SaaS Builder Toolkit names them, so that its tools can listen.

The names are those of @cdklabs/sbt-aws 0.9.3, awslabs/sbt-aws at commit cea7b77 of 2025-10-01,
``src/utils/event-manager.ts``: there each is ``sbt_aws_`` and the name, from one of two sources.
"""

import pytest

from tenants import events

TOOLKIT = {
    "sbt.control.plane": (
        *("onboardingRequest", "offboardingRequest", "billingSuccess", "billingFailure"),
        *("activateRequest", "deactivateRequest", "tenantUserCreated", "tenantUserDeleted"),
    ),
    "sbt.application.plane": (
        *("onboardingSuccess", "onboardingFailure", "offboardingSuccess", "offboardingFailure"),
        *("provisionSuccess", "provisionFailure", "deprovisionSuccess", "deprovisionFailure"),
        *("activateSuccess", "activateFailure", "deactivateSuccess", "deactivateFailure", "ingestUsage"),
    ),
}


@pytest.mark.parametrize("operation", ["create", "delete", "suspend", "resume"])
def test_a17_what_the_toolkit_has_a_word_for_is_said_in_its_words(operation: str) -> None:
    assert events.request_type(operation) in types("sbt.control.plane")
    for succeeded in (True, False):
        assert events.end_type(operation, succeeded=succeeded) in types("sbt.application.plane")


def test_a17_they_come_from_its_two_sources() -> None:
    assert {events.CONTROL_PLANE, events.APPLICATION_PLANE} == set(TOOLKIT)


@pytest.mark.parametrize("operation", ["update", "move"])
def test_a17_what_it_has_no_word_for_cannot_be_taken_for_one_of_its_own(operation: str) -> None:
    mine = [events.request_type(operation), *(events.end_type(operation, succeeded=s) for s in (True, False))]

    assert mine == [f"{operation}Request", f"{operation}Success", f"{operation}Failure"]


def types(source: str) -> list[str]:
    """Detail types of a source."""
    return [f"sbt_aws_{name}" for name in TOOLKIT[source]]
