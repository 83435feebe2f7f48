"""A monthly budget that speaks up before it is spent."""

from collections.abc import Sequence

from aws_cdk import aws_budgets as budgets
from constructs import Construct

NOTIFY_AT_PERCENT = (80, 100)


class Budget(Construct):
    """A cost budget of the account, told to people by e-mail.

    An account per environment makes it the budget of the environment. It stops nothing. It has no name of
    its own: a change of subscribers replaces it, and a name that is taken cannot be taken again.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        monthly_usd: int,
        emails: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        subscribers = [
            budgets.CfnBudget.SubscriberProperty(address=email, subscription_type="EMAIL") for email in emails
        ]
        budgets.CfnBudget(
            self,
            "Monthly",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=monthly_usd, unit="USD"),
            ),
            notifications_with_subscribers=[
                budgets.CfnBudget.NotificationWithSubscribersProperty(
                    notification=budgets.CfnBudget.NotificationProperty(
                        comparison_operator="GREATER_THAN",
                        notification_type="ACTUAL",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=subscribers,
                )
                for percent in NOTIFY_AT_PERCENT
                if subscribers
            ],
        )
