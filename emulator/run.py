"""Assembles the emulator and keeps it running until it is told to stop, or nobody needs it."""

import asyncio
import gc
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from emulator import (
    audit,
    loopback,
    made_databases,
    one_off_tasks,
    references,
    registration,
    resources,
    restorable_times,
    services,
    step_functions,
    stopped_databases,
    task_addresses,
)
from emulator.addresses import Addresses
from emulator.database_jobs import DatabaseJobs
from emulator.gateway import Activity, Gateway
from emulator.poolers.starter import Starter
from emulator.poolers.tasks import PoolerTasks
from emulator.postgres.certificates import Authority
from emulator.postgres.databases import Databases
from emulator.postgres.tls import TlsFront
from emulator.relays import Relays
from emulator.settings import Settings
from emulator.topups import databases as database_top_ups
from emulator.topups import (
    domains,
    firewalls,
    load_balancers,
    private_names,
    records,
    service_connect,
    storage,
)

_AMI_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-{}-{}"
"""Public SSM parameters from which the CDK takes the newest Amazon Linux."""

_log = logging.getLogger("emulator")


def run(wanted: Settings) -> None:
    """Run the emulator in the foreground; the environment must have been set before."""
    with _assembled(wanted) as (gateway, activity):
        asyncio.run(_serve(wanted, gateway, activity))
    gc.freeze()  # or Python looks through all that was ever deployed before it ends: seconds


@contextmanager
def _assembled(wanted: Settings) -> Iterator[tuple[Gateway, Activity]]:
    loopback.configure(wanted.port)
    activity = Activity()
    authority, addresses = Authority(wanted.data), Addresses()
    front = TlsFront(authority.context(), activity.touch)
    databases = Databases(wanted.data, front, authority, addresses)
    relays = Relays(activity.touch)
    poolers = PoolerTasks(Starter(wanted.data, wanted.pgbouncer, authority, addresses, databases))
    names = private_names.PrivateNames(addresses, Relays(activity.touch))
    jobs = DatabaseJobs(wanted.data, wanted.url, databases, authority)
    try:
        registration.register(
            resources.every(),
            [
                database_top_ups.Cluster(databases),
                database_top_ups.Instance(databases),
                domains.Certificate(),
                domains.EmailIdentity(),
                domains.Record(),
                firewalls.WebAcl(),
                load_balancers.LoadBalancer(addresses, relays),
                load_balancers.Listener(relays, poolers.whereabouts),
                private_names.DiscoveredService(names),
                records.EcsService(poolers, names),
                service_connect.ServiceConnect(),
                records.MetricMathAlarm(),
                records.SecretWithoutValue(),
                storage.Bucket(),
                storage.GlobalTable(),
            ],
        )
        if wanted.audit:
            audit.install(wanted.audit)
        _publish_images()
        one_off_tasks.install(jobs)
        task_addresses.install()
        references.install()
        names.install()
        poolers.install()
        stopped_databases.install(databases)
        made_databases.install(databases)
        restorable_times.install()
        ours = services.every()
        step_functions.install(ours)
        inner = import_module("ministack.app").app
        yield Gateway(inner, ours, activity), activity
    finally:
        relays.stop()
        names.stop()
        poolers.stop()
        jobs.stop()
        databases.stop()
        # Stops the Lambdas' processes; last, because a schedule would start the next one meanwhile.
        import_module("ministack.core.lambda_runtime").reset()


def _publish_images() -> None:
    parameters = import_module("ministack.services.ssm")._PUBLIC_AMI_PARAMETERS
    image = next(iter(parameters.values()))
    for kernel in ("6.1", "6.12", "default"):
        for architecture in ("arm64", "x86_64"):
            parameters.setdefault(_AMI_PARAMETER.format(kernel, architecture), image)


async def _serve(wanted: Settings, gateway: Gateway, activity: Activity) -> None:
    hypercorn: Any = import_module("hypercorn.asyncio")
    config: Any = import_module("hypercorn.config").Config()
    config.bind = [f"{wanted.host}:{wanted.port}" if wanted.socket is None else f"fd://{wanted.socket}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    watch = asyncio.create_task(_stop_when_idle(wanted.idle_minutes * 60, activity, stop))
    print(f"embedded AWS on {wanted.url}, data in {wanted.data}", flush=True)
    await hypercorn.serve(gateway, config, shutdown_trigger=stop.wait)
    watch.cancel()


async def _stop_when_idle(seconds: float, activity: Activity, stop: asyncio.Event) -> None:
    while activity.idle_seconds < seconds:
        await asyncio.sleep(min(seconds - activity.idle_seconds + 0.1, 60))
    _log.warning("nobody asked for anything in %g minutes, stopping", seconds / 60)
    stop.set()
