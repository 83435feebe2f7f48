"""Alarms of a connection pool: nobody waits, everybody gets in, and there is room left."""

from aws_cdk import aws_cloudwatch as cloudwatch

from cambium.alarms import BELOW, Alarms
from cambium.connection_pool import ConnectionPool
from config.pool import ConnectionPool as PoolConfig

LONGEST_WAIT_SECONDS = 1
"""A statement that queues longer is what users call slow."""
CLIENT_PERCENT = 80
CPU_PERCENT = 80


def watch_pool(alarms: Alarms, pool: ConnectionPool, config: PoolConfig, *, probed: bool) -> None:
    """Define them.

    Args:
        alarms: Where, and who is told.
        pool: The pool.
        config: Its numbers, from which the thresholds come.
        probed: Whether something logs in each minute.
    """
    alarms.define(
        "PoolWaiting",
        name="pool-waiting",
        metric=pool.metric("LongestWait"),
        threshold=LONGEST_WAIT_SECONDS,
        periods=3,
        what=f"Clients of the connection pool have waited over {LONGEST_WAIT_SECONDS} s for 3 minutes",
        do="find the statements that hold the connections; if the database has room, raise pool_sizes",
        runbook="pool-waiting",
    )
    clients = config.max_client_connections * CLIENT_PERCENT // 100
    alarms.define(
        "PoolClients",
        name="pool-clients",
        metric=pool.metric("ClientConnections"),
        threshold=clients,
        periods=5,
        what=f"A pooler holds more than {clients} of {config.max_client_connections} clients",
        do="beyond the limit it refuses new ones: look for a service that leaks connections",
        runbook="pool-clients",
    )
    alarms.define(
        "PoolHealthy",
        name="pool-unhealthy",
        metric=pool.healthy_poolers,
        threshold=config.tasks,
        periods=5,
        comparison=BELOW,
        missing=cloudwatch.TreatMissingData.BREACHING,
        what=f"Fewer than {config.tasks} poolers have accepted connections for 5 minutes",
        do="look at the events of the pool's ECS service, then at the pool's log",
        runbook="pool-unhealthy",
    )
    alarms.define(
        "PoolCpu",
        name="pool-cpu",
        metric=pool.cpu_percent,
        threshold=CPU_PERCENT,
        periods=10,
        what=f"The poolers used more than {CPU_PERCENT} % of their CPU for 10 minutes",
        do="each is one thread: give them more CPU, or add one",
        runbook="pool-waiting",
    )
    if probed:
        alarms.define(
            "PoolLogin",
            name="pool-login",
            metric=pool.metric("LoginFailed"),
            threshold=0,
            periods=3,
            missing=cloudwatch.TreatMissingData.BREACHING,
            what="No statement has got through the connection pool for 3 minutes",
            do="is the database up? if it is, the pool distrusts it or has an old password: read its log",
            runbook="pool-login",
        )
