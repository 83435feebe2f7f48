"""A plan and its runbook for a program."""

from dataclasses import asdict
from typing import Any

from ops.plan.prover import Plan
from ops.plan.runbook import Runbook
from ops.plan.verdict import Change, Verdict
from ops.plan.words import OUTCOMES, about_tenants


def as_json(plan: Plan, book: Runbook) -> dict[str, Any]:
    """Everything a script may want to decide by; stacks and resources in a stable order."""
    return {
        "title": book.title,
        "verdict": OUTCOMES[plan.outcome],
        "exit_code": int(plan.outcome),
        "deploys": len(book.deploys),
        "losses": [
            {
                "stack": loss.address.stack,
                "logical_id": loss.address.logical_id,
                "what": loss.what,
                "fate": loss.fate,
                "certain": loss.certain,
                "words": loss.words,
            }
            for loss in plan.losses
        ],
        "refusals": [
            {
                "stack": one.address.stack,
                "logical_id": one.address.logical_id,
                "what": one.what,
                "instead": one.instead,
            }
            for one in plan.refusals
        ],
        "weakened": list(plan.weakened),
        "tenants": list(about_tenants(plan)),
        "renamed_stacks": dict(plan.renamed),
        "stacks": [
            _stack(plan, name) for name in sorted(plan.before.stacks.keys() | plan.after.stacks.keys())
        ],
        "runbook": asdict(book),
    }


def _stack(plan: Plan, name: str) -> dict[str, Any]:
    mine = [change for where, change in sorted(plan.resources.items()) if where.stack == name]
    stack = plan.stack(name)
    return {
        "name": name,
        "region": stack.region,
        "stamped_by": stack.stamp.stack if stack.stamp else None,
        "state": _state(plan, name),
        "unchanged": sum(change.verdict == Verdict.NONE for change in mine),
        "changes": [_change(change) for change in mine if change.verdict != Verdict.NONE],
    }


def _state(plan: Plan, name: str) -> str:
    if name not in plan.before.stacks:
        return "new"
    return "stays" if name in plan.after.stacks else "no longer deployed"


def _change(change: Change) -> dict[str, Any]:
    became = change.became
    return {
        "logical_id": change.address.logical_id,
        "path": change.resource.path,
        "type": change.resource.type,
        "verdict": change.verdict.words,
        "causes": [
            {
                "verdict": cause.verdict.words,
                "property": cause.subject,
                "why": cause.why,
                "follows": str(cause.origin) if cause.origin else None,
            }
            for cause in change.causes
        ],
        "looks_like": str(became) if became else None,
    }
