"""How a command ends: one exit code per failure an operator can act on."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    """Something nobody foresaw; a bug of ours."""
    USAGE = 2
    """A missing or unknown option."""
    LOSES_DATA = 3
    """``cambium plan``: the step would lose data. Do not deploy it."""
    BUSY = 4
    """Another command works on this checkout: wait for it."""
    EMULATOR = 5
    """The embedded AWS did not start, or did not stop: read its log."""
    SYNTHESIS = 6
    """The templates could not be made: read the message of the app."""
    BOOTSTRAP = 7
    """A region could not be prepared for the CDK."""
    DEPLOYMENT = 8
    """A resource could not be made: read its reason."""
    VERIFICATION = 9
    """What exists is not what was described: read the list of differences."""
    NOT_RUNNING = 10
    """Nothing is deployed here: run ``make up``."""
    DIFFERENT = 11
    """``cambium diff --fail`` found differences."""
    WORKFLOWS = 12
    """A workflow file has a finding."""
    UNFINISHED = 13
    """``cambium grow`` found steps that are open."""
    OUT_OF_ORDER = 14
    """``cambium grow`` found a step that was begun before the one it needs: stop, and read the runbook."""
    DRILL = 15
    """A drill failed: read which line of its table."""
    NOT_HERE = 16
    """This machine lacks what a drill needs; the others passed."""
    TENANT = 17
    """An operation on a tenant was refused or failed: the message says which, and what is left."""
    CONFIGURATION = 20
    """The description of the system, or the choice of it, is wrong: correct the options or ``config/``."""
    MAY_LOSE_DATA = 21
    """``cambium plan``: AWS decides during the deploy whether data is lost. Read what the plan says of it."""
    REFUSED = 22
    """``cambium plan`` and ``up``: AWS refuses the step; the deploy would go back and lose nothing."""
    NOT_COMPARABLE = 23
    """``cambium plan``: a side cannot be read, or the two have nothing in common."""
    CLOSED = 24
    """``cambium deploy-window``: nobody would be around to repair a deployment."""
    OVER_BUDGET = 25
    """``cambium cost``: a month costs more than its budget even at the smallest scale-out."""
    INTERRUPTED = 130
    """Ctrl-C."""


class OperatorError(Exception):
    """A failure with everything an operator needs: what, the details, and what to do next."""

    def __init__(self, code: ExitCode, message: str, *, details: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details
        self.hint = hint
