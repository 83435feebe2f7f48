"""What the stack of a tenant is told: who it is, where it stands, and whether it serves."""

from aws_cdk import CfnParameter, Stack

from config.tenancy import LONGEST_TENANT, TenantTier

TENANT_PATTERN = rf"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){{1,{LONGEST_TENANT - 1}}}"
"""An id is part of the names of services, which begin with a letter and end with none of their hyphens."""

YES, NO = "yes", "no"


class TenantParameters:
    """The parameters of the template, each as a value to build with.

    Attributes:
        tenant: The tenant's id.
        size: Name of the size of its database.
        image: Tag of the image its services run.
        migration_image: Tag of the image that brings its schema up to date.
        serve: ``yes`` while its services run.
        protected: ``true`` while nobody may delete its database.
    """

    def __init__(self, stack: Stack, *, tier: TenantTier) -> None:
        self._stack = stack
        self.tenant = self._define(
            "TenantId", "The tenant", allowed_pattern=f"^{TENANT_PATTERN.replace('(?=[a-z0-9])', '')}$"
        )
        self.size = self._define(
            "Size", "How large its database is", allowed_values=[size.name for size in tier.sizes]
        )
        self.image = self._define("Image", "Tag of the image its services run")
        self.migration_image = self._define("MigrationImage", "Tag of the image that migrates its database")
        self.serve = self._define("Serve", "Whether its services run", allowed_values=[YES, NO])
        self.protected = self._define(
            "Protected", "Whether its database refuses to be deleted", allowed_values=["true", "false"]
        )

    def place(self, name: str) -> str:
        """A fact of the place, such as ``VpcId``; the same for every tenant."""
        return self._define(name, "Given by the tenants stack of the region")

    def _define(self, name: str, description: str, **rules: object) -> str:
        found = self._stack.node.try_find_child(name)
        if isinstance(found, CfnParameter):
            return found.value_as_string
        return CfnParameter(self._stack, name, description=description, **rules).value_as_string  # type: ignore[arg-type]
