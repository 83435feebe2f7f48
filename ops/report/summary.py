"""The report at the end of ``up``: what exists now, and what is left to do."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from rich.console import Console
from rich.markup import escape

from config.deployment import Deployment
from config.shard_access import called, plain, regional_access
from emulator.postgres.programs import stand_in
from ops.assembly.comparison import Deployed
from ops.assembly.target import COMMAND, Target
from ops.embedded import pool_program
from ops.reachability.connections import Connection
from ops.report.tables import bad, entry, faint, good, heading, section, table
from ops.report.wording import count, peer
from ops.verify.network import FoundGroups
from ops.verify.outside import Outside
from ops.verify.secrets import Login
from ops.verify.verification import Verification


def show(
    console: Console,
    target: Target,
    deployment: Deployment,
    found: Verification,
    seconds: Mapping[str, float | None],
    left: tuple[Outside, ...] = (),
) -> None:
    """Print the whole report; what is ``left`` of another phase too."""
    console.print()
    show_title(console, target, deployment.phase, deployment.phase_title, deployment.platform)
    show_stacks(console, found.stacks, seconds)
    show_outside(console, left, deployment.phase)
    show_endpoints(console, found.stacks)
    show_groups(console, deployment, found.groups)
    for part in (_stores, _logins, _empty_keys, _opt_outs):
        part(console, target, deployment, found)
    _next(console, target, found)


def show_title(console: Console, target: Target, phase: int, phase_title: str, platform: str) -> None:
    """Which system, environment, phase and platform it is."""
    title = f"{target.system} {target.environment}, phase {phase}"
    console.print(f"[bold]{escape(title)}[/] · {escape(phase_title)} · {platform}")


def show_stacks(console: Console, stacks: tuple[Deployed, ...], seconds: Mapping[str, float | None]) -> None:
    """Every stack with its state; the seconds are those of this run."""
    timed = ["seconds"] if any(seconds.get(one.stack.name) is not None for one in stacks) else []
    content = table("stack", "region", "state", *timed, right=timed, keep=["stack", "state"])
    for one in stacks:
        spent = seconds.get(one.stack.name)
        state = (one.state or "missing").replace("_", " ").lower()
        content.add_row(
            one.stack.name,
            one.stack.place.region,
            good(state) if one.up_to_date else bad(state),
            *([f"{spent:.1f}" if spent is not None else faint("-")] if timed else []),
        )
    section(console, "Stacks", content)


def show_outside(console: Console, stacks: tuple[Outside, ...], phase: int) -> None:
    """Stacks of another phase that are still there, and cost what they cost."""
    content = table("stack", "region", "state", keep=["stack", "state"])
    for one in stacks:
        content.add_row(
            one.name, one.region, faint(f"{one.state.replace('_', ' ').lower()}, not in phase {phase}")
        )
    if stacks:
        section(console, "Left of another phase; a deploy deletes no stack, make down deletes all", content)


def show_endpoints(console: Console, stacks: tuple[Deployed, ...]) -> None:
    """What the stacks tell people, addresses first; what they only tell each other is left out."""
    told = [(one.stack.name, output) for one in stacks for output in one.outputs]
    titles = Counter(output.title for _, output in told)
    roles = [(stack, output) for stack, output in told if ":role/" in output.value]
    others = [pair for pair in told if pair not in roles]
    others.sort(key=lambda pair: not pair[1].key.endswith("Address"))
    for title, group in {"Endpoints": others, "IAM roles": roles}.items():
        if group:
            heading(console, title)
        for stack, output in group:
            # Where several shards or regions have the same, the stack says whose it is.
            remark = [output.key] if output.description else []
            remark += [stack] if titles[output.title] > 1 else []
            entry(console, output.title, ", ".join(remark), output.value)


def show_groups(console: Console, deployment: Deployment, groups: tuple[FoundGroups, ...]) -> None:
    """Who may talk to whom, as the security groups say, be it only one half; the differences name halves."""
    reasons = {
        Connection.asked(rule): rule.why
        for access in (
            deployment.whole_access,
            *(regional_access(deployment, region) for region in deployment.regions),
        )
        for rule in access
    }
    content = table("from", "may open", "port", "why", "region", right=["port"], keep=["from", "may open"])
    for found in groups:
        for connection, shards in _by_shard({half.connection for half in found.halves}).items():
            content.add_row(
                peer(connection.source),
                peer(connection.target),
                connection.door,
                reasons.get(connection) or bad("nobody asked for it"),
                f"{found.place.region}{shards}",
            )
    section(console, "Who may talk to whom (all else is closed)", content)


def _by_shard(connections: Iterable[Connection]) -> dict[Connection, str]:
    """Each connection once, with the shards that have it inside, where there are several."""
    found: dict[Connection, list[str]] = {}
    for one in sorted(connections):
        (source, of_source), (target, of_target) = plain(one.source), plain(one.target)
        # Between two shards, or with what all share, it is shown as it is.
        same = one._replace(source=source, target=target)
        shard = max(of_source, of_target, key=int)
        inside = one == same._replace(source=called(source, shard), target=called(target, shard))
        found.setdefault(same if inside else one, []).append(shard)
    return {
        one: f", shards {', '.join(sorted(keys, key=int))}" if len(keys) > 1 else ""
        for one, keys in found.items()
    }


Part = Callable[[Console, Target, Deployment, Verification], None]


def _stores(console: Console, _target: Target, _deployment: Deployment, found: Verification) -> None:
    if found.stores:
        heading(console, "Databases and caches")
    for store in found.stores:
        entry(console, f"{store.kind} · {store.size} · {store.protection}", store.region, store.name)


def _logins(console: Console, _target: Target, deployment: Deployment, found: Verification) -> None:
    if found.secrets.logins:
        show_logins(console, found.secrets.logins, several=len(list(deployment.shards())) > 1)
        show_stand_in(console, deployment.database.version if deployment.database else "")
    show_straight_pools(console, found.straight_pools)


def show_logins(console: Console, logins: Iterable[Login], *, several: bool) -> None:
    """Every URL that was tried, how many a key has, and in which shards, where there are several."""
    where = ["shards"] if several else []
    content = table("service", "key", "logged in as", "database", "TLS", *where, keep=["key"])
    same: dict[tuple[Login, int], list[str]] = {}
    for login, number in Counter(logins).items():
        same.setdefault((replace(login, shard=""), number), []).append(login.shard)
    for (login, number), shards in same.items():
        content.add_row(
            login.service,
            login.key if number == 1 else f"{login.key}, {number}",
            good(login.role) if login.role else bad("nobody"),
            login.database,
            "yes" if login.encrypted else bad("no"),
            *([", ".join(shards)] if several else []),
        )
    section(console, "Database URLs, tried on the embedded PostgreSQL", content)


def show_stand_in(console: Console, described: str) -> None:
    """Say it where the embedded databases are of another major version than the one that is described."""
    if described and str(served := stand_in(described)) != described.partition(".")[0]:
        console.print(f"  PostgreSQL {served} serves them here; described is {described}, which AWS will run")


def show_straight_pools(console: Console, names: Iterable[str]) -> None:
    """Say it of every pool whose green logins prove nothing about pooling."""
    for name in names:
        console.print(f"  {bad(name)}: {escape(pool_program.WITHOUT)}")


def _empty_keys(console: Console, target: Target, _deployment: Deployment, found: Verification) -> None:
    content = table("secret", "key", "where to find it", keep=["secret", "key"])
    # Once for all shards: `set-secret` sets a key in each of them.
    for empty in dict.fromkeys(found.secrets.empty):
        content.add_row(empty.secret, empty.key, empty.where)
    if found.secrets.empty:
        first = found.secrets.empty[0]
        whose = Target(target.system, target.environment).options  # the same secret in every phase
        section(console, "Secrets still to fill in", content)
        console.print(
            f"  {COMMAND} set-secret {escape(whose)} --secret {first.secret} --key {first.key}",
            soft_wrap=True,
        )


def _opt_outs(console: Console, _target: Target, deployment: Deployment, _found: Verification) -> None:
    content = table("protection that is off", "reason")
    for what, reason in deployment.opt_outs():
        content.add_row(what, reason)
    if content.row_count:
        section(console, "Opt-outs", content)


def _next(console: Console, target: Target, found: Verification) -> None:
    show_next(console, target, ("make status", "what runs now"))
    confirmed = f"{count(found.resources, 'resource')} in {count(len(found.stacks), 'stack')}"
    console.print(f"\n{confirmed}; {found.asked} looked up at their own service as well.")


def show_next(console: Console, target: Target, first: tuple[str, str]) -> None:
    """What one may want to type now."""
    content = table("command", "what it does", keep=["command"])
    content.show_header = False
    content.add_row(*first)
    content.add_row(f"{COMMAND} diff {target.options}", "what a change would do")
    content.add_row(f"{COMMAND} connections {target.options}", "who uses the database's connections")
    content.add_row("make down", "destroy everything and stop")
    section(console, "Next", content)
