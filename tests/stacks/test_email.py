"""C11: e-mail is sent by who is described to send it, or the description is refused."""

from typing import Any

import pytest

from config.system import System
from config.values import ConfigError
from stacks.coverage import refuse_unbuilt


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
