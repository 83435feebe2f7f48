"""``plan``: proves from the templates what a step would do, before anything is deployed. Needs no AWS."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.options import JsonOption, Platform
from ops.console import print_json, progress, results
from ops.embedded import programs
from ops.outcome import ExitCode, OperatorError
from ops.plan import asked, matrix
from ops.plan.as_json import as_json
from ops.plan.revision import lay_out
from ops.plan.runbook import runbook
from ops.plan.words import deployed
from ops.report import plan_matrix
from ops.report.plan import show_plan
from ops.report.plan_markdown import page, summary
from ops.report.steps import Steps
from ops.report.wording import count
from ops.workspace import Workspace


def plan(
    ctx: typer.Context,
    system: Annotated[str | None, typer.Option("--system", help="Name of the system.")] = None,
    env: Annotated[str | None, typer.Option("--env", help="Name of the environment.")] = None,
    phase: Annotated[
        int | None, typer.Option("--from", help="Phase to begin with; otherwise the one that is written.")
    ] = None,
    to: Annotated[int | None, typer.Option("--to", help="Phase to end with; otherwise the same.")] = None,
    platform: Annotated[
        Platform | None, typer.Option("--from-platform", help="Platform to begin with; otherwise as written.")
    ] = None,
    to_platform: Annotated[
        Platform | None,
        typer.Option("--to-platform", help="Platform to end with; else the same, or as written."),
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", help="A git revision to begin with; these sources are the end.")
    ] = None,
    from_out: Annotated[Path | None, typer.Option("--from-out", help="A cdk.out to begin with.")] = None,
    to_out: Annotated[Path | None, typer.Option("--to-out", help="A cdk.out to end with.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every step of every environment; with --base, every environment.")
    ] = False,
    json: JsonOption = False,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Also write the plan and its runbook to this file.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="With --all: also draw the matrix, as an SVG.")
    ] = None,
) -> None:
    """Prove what a step would do to everything that is deployed, and to every tenant: what is lost by it.

    Exit code 0: safe, nothing that holds data is lost. 3: data would be lost. 21: AWS decides during the
    deploy whether it is. 22: AWS refuses the step, and nothing would happen. 23: the two sides cannot be
    compared. With --all it is the worst of the steps that do not keep what is promised of them.

    Example:  cambium plan --system restartix --env production --from 1 --to 2
    """
    question = asked.Question(system, env, phase, to, platform, to_platform, base, from_out, to_out, every)
    asked.check(question)
    programs.end_leftovers(ctx.obj)
    if every:
        _all(ctx.obj, base, json=json, markdown=markdown, picture=picture)
    else:
        _one(ctx.obj, question, json=json, markdown=markdown)


def _one(workspace: Workspace, question: asked.Question, *, json: bool, markdown: Path | None) -> None:
    with Steps(progress(), 1).step("synthesis") as step:
        answer = asked.answer(workspace, question, step.say)
        step.conclude(count(len(deployed(answer.plan.after)), "stack"))
    book = runbook(answer.plan, answer.subject)
    if markdown is not None:
        _write(markdown, page(answer.plan, book))
    if json:
        print_json(as_json(answer.plan, book))
    else:
        show_plan(results(), answer.plan, book)
    _end(answer.plan.outcome)


def _all(
    workspace: Workspace, base: str | None, *, json: bool, markdown: Path | None, picture: Path | None
) -> None:
    with Steps(progress(), 1).step("synthesis") as step:
        if base is None:
            rows = matrix.steps_of_growth(workspace, step.say)
        else:
            rows = matrix.changes_since(workspace, lay_out(workspace, base), step.say)
        step.conclude(count(len(rows), "step"))
    if picture is not None:
        _write(picture, plan_matrix.picture(rows))
    if markdown is not None:
        changed = [row for row in rows if row.plan.changes]
        details = [summary(row.plan, matrix.book_of(row)) for row in changed if row.kind == "change"]
        _write(markdown, "\n".join([plan_matrix.matrix_markdown(rows), *details]))
    if json:
        print_json([matrix.facts(row) for row in rows])
    else:
        plan_matrix.show_matrix(results(), rows)
    _end(matrix.outcome(rows))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise OperatorError(ExitCode.USAGE, f"cannot write {path}: {error.strerror}") from None


def _end(code: ExitCode) -> None:
    if code != ExitCode.OK:
        raise typer.Exit(code)
