"""Prepares accounts and regions for the CDK, each only once."""

from collections.abc import Callable
from itertools import groupby

from ops.assembly.comparison import describe
from ops.deploy.cdk_cli import CdkCli
from ops.embedded.aws import Place, Places
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace

TOOLKIT = "CDKToolkit"
READY = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def missing(wanted: list[Place], places: Places) -> list[Place]:
    """Those of ``wanted`` that were never bootstrapped, or not to the end."""
    return [place for place in wanted if not _is_ready(places, place)]


def bootstrap(workspace: Workspace, wanted: list[Place], places: Places, say: Callable[[str], None]) -> None:
    """Bootstrap the places; those of one account side by side.

    Raises:
        OperatorError: the CLI failed; the details are what it said last.
    """
    for account, group in groupby(sorted(wanted), key=lambda place: place.account):
        mine = list(group)
        say(f"{account}: {', '.join(place.region for place in mine)}")
        for place in mine:
            _remove_unfinished(places, place)
        _run(workspace, mine, places.url)


def _run(workspace: Workspace, mine: list[Place], url: str) -> None:
    cli = CdkCli(workspace, url)
    words = [str(place) for place in mine]
    lines = list(cli.lines("bootstrap", *words, place=mine[0], log=workspace.deploy_log))
    if cli.status:
        raise OperatorError(
            ExitCode.BOOTSTRAP,
            f"bootstrap of {', '.join(words)} failed",
            details="\n".join(lines[-20:]),
            hint=f"read {workspace.deploy_log}, then run this again",
        )


def _is_ready(places: Places, place: Place) -> bool:
    found = describe(places.at(place), TOOLKIT)
    return found is not None and found["StackStatus"] in READY


def _remove_unfinished(places: Places, place: Place) -> None:
    aws = places.at(place)
    if describe(aws, TOOLKIT) is not None:
        aws.cloudformation.delete_stack(StackName=TOOLKIT)
        aws.cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=TOOLKIT, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
