"""Whether another product is in the account already, where the two could not both be."""

from config.deployment import Deployment
from ops.assembly.comparison import describe
from ops.embedded.aws import Place, Places
from ops.outcome import ExitCode, OperatorError

GITHUB = "token.actions.githubusercontent.com"


def refuse_neighbours(deployment: Deployment, places: Places) -> None:
    """Refuse a product whose account trusts GitHub already, for another: an account takes the provider once.

    Raises:
        OperatorError: says so before anything is deployed, and what to do.
    """
    github, account = deployment.environment.github, deployment.environment.account
    if github is None or github.provider_arn is not None:
        return
    aws = places.at(Place(account, deployment.home.name))
    providers = aws.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    trusted = any(GITHUB in provider["Arn"] for provider in providers)
    if trusted and describe(aws, deployment.stack_name("delivery", deployment.home)) is None:
        raise OperatorError(
            ExitCode.DEPLOYMENT,
            f"another product is in account {account}, which trusts GitHub already: an account takes that "
            "identity provider once",
            hint="make down, then this again; in an account of your own, set provider_arn of github in the "
            "environment",
        )
