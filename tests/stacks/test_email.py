"""C11: e-mail is sent by who is described to send it, or the description is refused."""

from typing import Any

import pytest

from config.system import System
from config.values import ConfigError
from stacks.coverage import refuse_unbuilt
from support.assembly import Assembly


def changed(system: System, **fields: Any) -> Any:
    service = system.services[0].model_copy(update=fields)
    return system.resolve("production").model_copy(update={"services": (service,)})


def test_c11_a_service_may_send_email(notes_system: System) -> None:
    refuse_unbuilt(changed(notes_system, sends_email=True))


def test_c11_a_run_before_the_rollout_that_sends_email_is_refused(notes_system: System) -> None:
    """Its task has a role of its own, which nobody gives that right."""
    run = changed(notes_system, sends_email=True, before_rollout=True, port=None)

    with pytest.raises(ConfigError, match="service api with e-mail before a rollout"):
        refuse_unbuilt(run)


def test_c11_the_domain_of_reptidex_may_be_sent_for(reptidex: dict[str, Assembly]) -> None:
    """In the zone that production owns; by an operator's hand where another account owns it."""
    for assembly in reptidex.values():
        assert assembly.the("AWS::SES::EmailIdentity", "edge")["EmailIdentity"] == "reptidex.com"
    written = {
        name: [
            one
            for one in assembly.of_type("AWS::Route53::RecordSet", "edge")
            if "DkimDNSToken" in str(one["Name"])
        ]
        for name, assembly in reptidex.items()
    }

    assert {name: len(records) for name, records in written.items()} == {"production": 3, "dev": 0}
    pasted = [name for name in reptidex["dev"].outputs("edge") if name.startswith("Dkim")]
    assert len(pasted) == 6


def test_c11_who_sends_no_e_mail_has_no_identity(pooled_production: Assembly) -> None:
    assert pooled_production.of_type("AWS::SES::EmailIdentity") == []
