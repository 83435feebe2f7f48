"""Settings of PostgreSQL, in its own units: memory in 8 kB pages or in kB."""

from config.database import AuroraServerless, Database

PAGES_PER_MIB = 128
KB_PER_MIB = 1024

_RECORDED = {
    "rds.force_ssl": "1",
    # Who connected, and who changed the schema: what an auditor asks first. Never the statements
    # of users, which may hold what patients wrote.
    "log_connections": "1",
    "log_disconnections": "1",
    "log_statement": "ddl",
}


def instance_parameters(config: Database) -> dict[str, str]:
    """The parameter group of an instance and its replicas: their memory is known."""
    return {
        "max_connections": str(config.max_connections),
        "shared_buffers": str(config.shared_buffers_mib * PAGES_PER_MIB),
        "effective_cache_size": str(config.effective_cache_size_mib * PAGES_PER_MIB),
        "work_mem": str(config.work_mem_mib * KB_PER_MIB),
        "maintenance_work_mem": str(config.maintenance_work_mem_mib * KB_PER_MIB),
        **_RECORDED,
    }


def cluster_parameters(config: AuroraServerless) -> dict[str, str]:
    """The parameter group of a serverless cluster: Aurora sets memory itself, with every change of capacity.

    Left to itself it would derive ``max_connections`` too, from the largest capacity. Stated, it is the
    number that the budget of connections counts against.
    """
    return {"max_connections": str(config.max_connections), **_RECORDED}


def sizeless_parameters(config: Database) -> dict[str, str]:
    """The parameter group of instances of every size: RDS works memory out from what each has.

    The shares are those of ``instance_parameters``, in the same units.
    """
    return {
        "max_connections": str(config.max_connections),
        "shared_buffers": "{DBInstanceClassMemory/32768}",
        "effective_cache_size": "{DBInstanceClassMemory*3/32768}",
        "work_mem": str(config.work_mem_mib * KB_PER_MIB),
        "maintenance_work_mem": "{DBInstanceClassMemory/16384}",
        **_RECORDED,
    }
