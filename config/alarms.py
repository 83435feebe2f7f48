"""Who hears about trouble."""

from typing import Annotated

from pydantic import Field

from config.values import Model, OptOut, worded


class Slack(Model):
    """A Slack channel, through Amazon Q Developer in chat applications.

    The workspace must have been authorised once in the AWS console, else the deployment fails.
    """

    workspace_id: Annotated[str, worded(r"T[A-Z0-9]+", "a Slack workspace id, such as T0123ABCD")]
    channel_id: Annotated[str, worded(r"[CG][A-Z0-9]+", "a Slack channel id, such as C0123ABCD")]


EmailAddress = Annotated[str, worded(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")]


class Alarms(Model):
    """Alarms go to these people. Everybody in ``emails`` must confirm a message from AWS once."""

    emails: tuple[EmailAddress, ...] = Field(min_length=1)
    slack: Slack | None = None


class NoAlarms(OptOut):
    """An environment nobody is woken for."""
