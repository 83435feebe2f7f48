"""Finds the systems: every module of ``config/systems`` that defines ``SYSTEM``."""

import importlib
import pkgutil
import traceback
from functools import cache
from pathlib import Path
from types import ModuleType

from pydantic import ValidationError

import config.systems
from config.explain import explain
from config.system import System
from config.values import ConfigError


def system_names() -> tuple[str, ...]:
    """Names of all systems; a module ``restartix_fargate`` describes ``restartix-fargate``."""
    modules = (module.name for module in pkgutil.iter_modules(config.systems.__path__))
    return tuple(sorted(name.replace("_", "-") for name in modules if name.isidentifier()))


@cache
def load_system(name: str) -> System:
    """The system of that name.

    Raises:
        ConfigError: there is none, and the message lists those there are; or its description is
            not valid, and the message names line, field, rule and value.
    """
    if name not in system_names():
        _check_file_name(name)
        raise ConfigError(f"there is no system {name!r}; there is {', '.join(system_names())}")
    module = _import(f"config.systems.{name.replace('-', '_')}")
    system = getattr(module, "SYSTEM", None)
    if system is None:
        raise ConfigError(f"{module.__name__} must define SYSTEM = System(...), got a module without it")
    if not isinstance(system, System):
        raise ConfigError(f"SYSTEM of {module.__name__} must be a System, got a {type(system).__name__}")
    if system.name != name:
        raise ConfigError(
            f"SYSTEM of {module.__name__} must be named {name!r} after its file, got {system.name!r}"
        )
    return system


def _check_file_name(name: str) -> None:
    for folder in config.systems.__path__:
        file = Path(folder) / f"{name}.py"
        if file.exists():
            proper = f"{name.replace('-', '_')}.py"
            raise ConfigError(
                f"config/systems/{file.name} must be called {proper}: Python imports no hyphens"
            )


def _import(module: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ValidationError as error:
        raise ConfigError(explain(error, subject=f"{module}{_line(error, module)}")) from error
    except SyntaxError as error:
        file = f"config/systems/{module.rpartition('.')[2]}.py"
        raise ConfigError(f"{file}, line {error.lineno}: {error.msg}") from error
    except (ImportError, NameError, AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"{module}{_line(error, module)}: {error}") from error


def _line(error: Exception, module: str) -> str:
    """Where in the module the mistake is."""
    file = f"{module.rpartition('.')[2]}.py"
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)
    ]
    return f", line {lines[-1]}" if lines else ""
