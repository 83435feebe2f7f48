"""Usage: what part of the bill depends on, and no template says."""

from pydantic import Field

from config.values import Model


class Usage(Model):
    """What an environment is assumed to use in a month, in each region that serves.

    Everything here is an assumption, and ``cambium cost`` prints it as one; an environment that knows better
    says so. The defaults are a small product's first months. None of it changes a template.
    """

    internet_gb: float = Field(default=50, ge=0)
    """Sent to the internet by load balancers and tasks. AWS gives 100 GB a month to each account."""
    nat_gb: float = Field(default=20, ge=0)
    """Through the NAT gateways: images that tasks pull, and calls of third parties."""
    cross_zone_gb: float = Field(default=20, ge=0)
    """Between availability zones, billed on both sides."""
    load_balancer_units: float = Field(default=0.1, ge=0)
    """LCU that a load balancer uses on average; one is 25 new connections a second or 1 GB an hour."""
    requests_millions: float = Field(default=1, ge=0)
    """From visitors: what the firewall, DNS and the distribution count."""
    private_names_millions: float = Field(default=1, ge=0)
    """Look-ups of private names, such as a pool's: two for each connection that is opened."""
    cdn_gb: float = Field(default=50, ge=0)
    """Delivered by CloudFront, of which 1 TB a month is free."""
    app_runner_active_share: float = Field(default=0.3, ge=0, le=1)
    """Part of the time in which an App Runner instance works on requests; idle, it costs its memory only."""
    aurora_acu_hours: float = Field(default=10, ge=0)
    """Capacity above the minimum; a paused database is woken by each dump, and by whoever works."""
    aurora_gb: float = Field(default=10, ge=0)
    aurora_ios_millions: float = Field(default=1, ge=0)
    database_backup_gb: float = Field(default=0, ge=0)
    """Backups above the size of the database; up to it they are free."""
    stored_gb: float = Field(default=20, ge=0)
    """In the buckets, counted as Standard: lifecycle rules make it less."""
    copied_gb: float = Field(default=5, ge=0)
    """In the copies of buckets, in the recovery region."""
    snapshot_gb: float = Field(default=10, ge=0)
    """Kept by AWS Backup, for each plan."""
    files_gb: float = Field(default=5, ge=0)
    """In shared file systems."""
    images_gb: float = Field(default=0.5, ge=0)
    """In each container repository."""
    logs_gb: float = Field(default=5, ge=0)
    """Written in a month, flow logs and Enhanced Monitoring included."""
    custom_metrics: float = Field(default=10, ge=0)
    """Published by the application and its pool, beside those that the templates define."""
    job_hours: float = Field(default=10, ge=0)
    """That the scheduled jobs of a shard run, such as its dumps."""
    function_runs_thousands: float = Field(default=10, ge=0)
    """Of Lambda functions, a second each."""
    emails_thousands: float = Field(default=1, ge=0)
    """Sent through SES."""
    audit_events_thousands: float = Field(default=100, ge=0)
    """Reads and writes of objects that CloudTrail records."""
    table_gb: float = Field(default=1, ge=0)
    """In DynamoDB tables."""
