"""Steps of the ways forward that fail in tests, one after the other, and are taken back or gone on with."""

Step = tuple[str, str]
"""Its name, and whether it fails ``before`` it does anything or ``after``, its answer being lost."""

CREATE: tuple[Step, ...] = (
    ("Announce it", "before"),
    ("Announce it", "after"),
    ("Make the stack", "before"),
    ("Make the stack", "after"),
    ("Make the database roles", "after"),
    ("Write the URLs of api", "after"),
    ("Write the URLs of migration", "before"),
    ("Copy the keys of api", "before"),
    ("Migrate", "before"),
    ("Start the services", "before"),
    ("Start the services", "after"),
    ("Ask its services", "before"),
    ("Open it", "before"),
)
CHANGE: tuple[Step, ...] = (
    ("Prepare the stack", "before"),
    ("Prepare the stack", "after"),
    ("Migrate", "before"),
    ("Change the stack", "before"),
    ("Change the stack", "after"),
    ("Ask its services", "before"),
    ("Open it", "after"),
)
DELETE: tuple[Step, ...] = (
    ("Close it", "before"),
    ("Close it", "after"),
    ("Stop the services", "after"),
    ("Take the last snapshot", "before"),
    ("Take the last snapshot", "after"),
    ("Export the database", "before"),
    ("Export the database", "after"),
    ("Find the export", "after"),
)
DELETE_ONWARD: tuple[Step, ...] = (
    ("Remove the stack", "before"),
    ("Remove the stack", "after"),
    ("Take it out of the routing", "before"),
)
TO_SILO: tuple[Step, ...] = (
    ("Take over its line", "before"),
    ("Take over its line", "after"),
    ("Make the stack", "before"),
    ("Make the stack", "after"),
    ("Make the database roles", "after"),
    ("Write the URLs of api", "after"),
    ("Write the URLs of migration", "before"),
    ("Copy the keys of api", "before"),
    ("Migrate", "before"),
    ("Check both databases", "before"),
    ("Settle whose rows they are", "before"),
    ("Settle whose rows they are", "after"),
    ("Copy the rows", "before"),
    ("Copy the rows", "after"),
    ("Start the services", "before"),
    ("Ask its services", "before"),
    ("Copy the rows again", "before"),
    ("Stop serving it from the pool", "before"),
    ("Stop serving it from the pool", "after"),
    ("Refuse its writes, copy the rest and compare", "before"),
    ("Refuse its writes, copy the rest and compare", "after"),
    ("Read the comparison", "after"),
    ("Serve it from the silo", "before"),
)
TO_POOL: tuple[Step, ...] = (
    ("Take over its line", "before"),
    ("Look at the stack", "before"),
    ("Check both databases for the way back", "before"),
    ("Settle whose rows go back", "before"),
    ("Settle whose rows go back", "after"),
    ("Copy the rows into the pool", "before"),
    ("Copy the rows into the pool", "after"),
    ("Stop serving it from the silo", "after"),
    ("Refuse its writes in the silo, copy the rest and compare", "before"),
    ("Refuse its writes in the silo, copy the rest and compare", "after"),
    ("Read what was compared", "before"),
    ("Serve it from the pool", "before"),
)
TO_POOL_ONWARD: tuple[Step, ...] = (
    ("Stop the services", "before"),
    ("Stop the services", "after"),
    ("Take the last snapshot", "before"),
    ("Remove the stack", "before"),
    ("Remove the stack", "after"),
)
