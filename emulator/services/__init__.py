"""Small in-memory AWS services that MiniStack has no API for."""

from emulator.services.app_runner import AppRunner
from emulator.services.auto_scaling import AutoScaling
from emulator.services.base import Service
from emulator.services.chatbot import Chatbot
from emulator.services.firewall_logging import FirewallLogging
from emulator.services.redrive import Redrive
from emulator.services.run_command import RunCommand
from emulator.services.saved_queries import SavedQueries


def every() -> dict[str, Service]:
    """Return the services by the name AWS clients sign their requests with."""
    return {
        "apprunner": AppRunner(),
        "application-autoscaling": AutoScaling(),
        "chatbot": Chatbot(),
        "ssm": RunCommand(),
        "logs": SavedQueries(),
        "sqs": Redrive(),
        "wafv2": FirewallLogging(),
    }
