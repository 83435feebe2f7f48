"""Gives verbs about one deployment the options that name it."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

import typer

from ops.assembly.target import Target
from ops.commands.options import EnvOption, PhaseOption, PlatformOption, SystemOption

Verb = Callable[..., None]


def about(find: Callable[[typer.Context, Target], Any]) -> Callable[[Verb], Verb]:
    """Make a command of a verb whose first parameter is what ``find`` finds.

    The command takes ``--system``, ``--env``, ``--phase`` and ``--platform`` besides the verb's own options.
    """

    def decorate(verb: Verb) -> Verb:
        def command(
            ctx: typer.Context,
            system: SystemOption,
            env: EnvOption,
            phase: PhaseOption = None,
            platform: PlatformOption = None,
            **own: Any,
        ) -> None:
            verb(find(ctx, Target(system, env, phase, platform)), **own)

        mine = list(inspect.signature(verb).parameters.values())[1:]
        shared = list(inspect.signature(command).parameters.values())[:-1]
        functools.update_wrapper(command, verb)
        # Typer reads options from the signature, and their types from the annotations.
        whole = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*mine, *shared)]
        command.__signature__ = inspect.Signature(whole)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in whole}
        return command

    return decorate
