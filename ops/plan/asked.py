"""What ``cambium plan`` was asked: which two sides, and how they are called."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.database import Database
from config.deployment import Deployment
from config.environment import Platform
from ops.assembly.target import Target
from ops.growth.steps import Step as GrowthStep
from ops.growth.steps import snapshot_prefix, steps
from ops.outcome import ExitCode, OperatorError
from ops.plan.assemblies import read_all
from ops.plan.prover import Plan, prove
from ops.plan.revision import lay_out
from ops.plan.runbook import Subject
from ops.plan.side import Side, read_side
from ops.workspace import Workspace

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Question:
    """The options of the command."""

    system: str | None = None
    environment: str | None = None
    phase: int | None = None
    to_phase: int | None = None
    platform: Platform | None = None
    to_platform: Platform | None = None
    base: str | None = None
    from_out: Path | None = None
    to_out: Path | None = None
    every: bool = False

    @property
    def folders(self) -> tuple[Path, Path] | None:
        """Both assemblies, when they are given."""
        return (self.from_out, self.to_out) if self.from_out and self.to_out else None

    @property
    def steps_away(self) -> bool:
        """Whether a phase or a platform to end with is named."""
        return self.to_phase is not None or self.to_platform is not None


@dataclass(frozen=True, slots=True)
class Answer:
    """The plan, and what it is about."""

    plan: Plan
    subject: Subject


def check(question: Question) -> None:
    """Refuse options that do not go together, before anything is synthesised.

    Raises:
        OperatorError: with what is missing, or too much.
    """
    named = question.system is not None and question.environment is not None
    if question.every:
        wrong = question.system or question.steps_away or question.from_out or question.to_out
        _refuse(bool(wrong), "--all takes no other choice than --base")
        return
    _refuse(
        (question.from_out is None) != (question.to_out is None), "--from-out and --to-out need each other"
    )
    if question.folders:
        _refuse(
            named or question.steps_away or question.base is not None,
            "with two folders nothing else is chosen",
        )
        return
    _refuse(not named, "say --system and --env, or --all, or --from-out and --to-out")
    _refuse(
        not question.steps_away and question.base is None,
        "say where the step leads: --to, --to-platform, or --base for the step from a revision to now",
    )


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise OperatorError(ExitCode.USAGE, message, hint="cambium plan --help shows examples")


def answer(workspace: Workspace, question: Question, say: Say) -> Answer:
    """Get both sides and compare them.

    Raises:
        ConfigError: there is no such system, environment or phase.
        OperatorError: a side cannot be synthesised or read.
    """
    if question.folders:
        return _of_folders(*question.folders)
    before, after = targets(question)
    if question.base is not None:
        return _of_revision(workspace, question.base, before, after, say)
    deployments = before.resolve(), after.resolve()
    sides = read_all([(workspace, before), (workspace, after)], say)
    plan = _prove(sides[workspace, before], sides[workspace, after])
    return Answer(plan, _subject(after, *deployments))


def targets(question: Question) -> tuple[Target, Target]:
    """Where the step begins and where it ends."""
    system, environment = question.system or "", question.environment or ""
    here = Target(system, environment, question.phase, question.platform)
    if question.base is not None:
        return here, Target(system, environment, question.to_phase, question.to_platform)
    written = here.resolve()
    before = Target(system, environment, written.phase, question.platform)
    to_phase = written.phase if question.to_phase is None else question.to_phase
    # Unless told otherwise each phase is on the platform that is written for it.
    return before, Target(system, environment, to_phase, question.to_platform or question.platform)


def _of_folders(before: Path, after: Path) -> Answer:
    plan = _prove(read_side(before), read_side(after))
    return Answer(plan, Subject(f"{before} to {after}", f"--app {after}"))


def _of_revision(workspace: Workspace, base: str, before: Target, after: Target, say: Say) -> Answer:
    after.resolve()
    revision = lay_out(workspace, base)
    sides = read_all([(revision.workspace, before), (workspace, after)], say)
    plan = _prove(sides[revision.workspace, before], sides[workspace, after])
    title = f"{after.system} {after.environment}, {base} ({revision.short}) to these sources"
    return Answer(plan, Subject(title, _options(after)))


def _prove(before: Side, after: Side) -> Plan:
    if before.stacks and after.stacks and not before.stacks.keys() & after.stacks.keys():
        raise OperatorError(
            ExitCode.NOT_COMPARABLE,
            "the two sides have no stack in common",
            hint="give two assemblies of one system and environment; if its name has changed, every stack "
            "would begin empty beside the old one",
        )
    return prove(before, after)


def _subject(after: Target, was: Deployment, becomes: Deployment) -> Subject:
    return Subject(
        f"{after.system} {after.environment}, {_way(was, becomes)}",
        _options(Target(after.system, after.environment)),
        _checklist(was, becomes),
        snapshot_prefix(becomes.phase) if becomes.phase > was.phase else "before-change-",
    )


def _way(was: Deployment, becomes: Deployment) -> str:
    phases = f"phase {was.phase} to {becomes.phase}"
    platforms = f"{was.platform} to {becomes.platform}"
    if was.platform == becomes.platform:
        return f"{phases} on {becomes.platform}"
    return f"{platforms} in phase {was.phase}" if was.phase == becomes.phase else f"{phases}, {platforms}"


def _checklist(was: Deployment, becomes: Deployment) -> list[GrowthStep]:
    """What ``cambium grow`` ticks off on the way up, once for all shards."""
    grows = becomes.phase > was.phase and isinstance(becomes.database, Database)
    return steps(was, becomes, becomes.home.shards[0]) if grows else []


def _options(target: Target) -> str:
    chosen = [f"-c {name}={value}" for name, value in target.context.items()]
    return " ".join(chosen)
