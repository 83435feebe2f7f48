"""Money, backups, trails and who may deploy; nothing is billed, copied or recorded."""

from typing import Any

from emulator.conform import call
from emulator.loopback import account, api
from emulator.resources.base import Attributes, Properties, Resource


class Budget(Resource):
    """A budget with its notifications; nobody counts the money."""

    type_name = "AWS::Budgets::Budget"

    def create(self, properties: Properties, name: str) -> str:
        """Create the budget."""
        budget = {"BudgetName": name, **properties["Budget"]}
        call(api("budgets"), "CreateBudget", properties, AccountId=account(), Budget=budget)
        return str(budget["BudgetName"])

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the budget and replace its notifications."""
        budget = {**new["Budget"], "BudgetName": physical_id}
        call(api("budgets"), "UpdateBudget", {}, AccountId=account(), NewBudget=budget)
        if old.get("NotificationsWithSubscribers") != new.get("NotificationsWithSubscribers"):
            self._replace_notifications(physical_id, old, new)

    def _replace_notifications(self, budget: str, old: Properties, new: Properties) -> None:
        place: dict[str, Any] = {"AccountId": account(), "BudgetName": budget}
        for item in old.get("NotificationsWithSubscribers") or ():
            notification = {"Notification": item["Notification"]}
            call(api("budgets"), "DeleteNotification", notification, **place)
        for item in new.get("NotificationsWithSubscribers") or ():
            call(api("budgets"), "CreateNotification", item, **place)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the budget."""
        api("budgets").delete_budget(AccountId=account(), BudgetName=physical_id)


class BackupSelection(Resource):
    """What a backup plan covers; nothing is copied."""

    type_name = "AWS::Backup::BackupSelection"
    replacing = frozenset({"BackupPlanId", "BackupSelection"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the selection."""
        result = call(api("backup"), "CreateBackupSelection", properties)
        return f"{result['SelectionId']}_{result['BackupPlanId']}"

    def attributes(self, physical_id: str) -> Attributes:
        """Return both halves of the id."""
        selection, _, plan = physical_id.partition("_")
        return {"Id": physical_id, "SelectionId": selection, "BackupPlanId": plan}

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the selection."""
        selection, _, plan = physical_id.partition("_")
        api("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=selection)


class OidcProvider(Resource):
    """Trust in tokens of another issuer, such as GitHub."""

    type_name = "AWS::IAM::OIDCProvider"
    replacing = frozenset({"Url"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the provider."""
        result = call(api("iam"), "CreateOpenIDConnectProvider", properties)
        return str(result["OpenIDConnectProviderArn"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the ARN."""
        return {"Arn": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change audiences and thumbprints."""
        place = {"OpenIDConnectProviderArn": physical_id}
        for audience in set(new.get("ClientIdList", [])) - set(old.get("ClientIdList", [])):
            api("iam").add_client_id_to_open_id_connect_provider(ClientID=audience, **place)
        for audience in set(old.get("ClientIdList", [])) - set(new.get("ClientIdList", [])):
            api("iam").remove_client_id_from_open_id_connect_provider(ClientID=audience, **place)
        if new.get("ThumbprintList") != old.get("ThumbprintList"):
            call(api("iam"), "UpdateOpenIDConnectProviderThumbprint", new, **place)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the provider."""
        api("iam").delete_open_id_connect_provider(OpenIDConnectProviderArn=physical_id)


class Trail(Resource):
    """A CloudTrail trail; no log file is delivered."""

    type_name = "AWS::CloudTrail::Trail"
    replacing = frozenset({"TrailName"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the trail and start or stop it."""
        own_name = properties.get("TrailName", name[:128])
        tags = {"TagsList": properties["Tags"]} if properties.get("Tags") else {}
        call(api("cloudtrail"), "CreateTrail", properties, Name=own_name, **tags)
        _settle(own_name, properties)
        return str(own_name)

    def attributes(self, physical_id: str) -> Attributes:
        """Return the ARN."""
        trail = api("cloudtrail").get_trail(Name=physical_id)["Trail"]
        return {"Arn": trail["TrailARN"], "SnsTopicArn": trail.get("SnsTopicARN", "")}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change where and what it records."""
        call(api("cloudtrail"), "UpdateTrail", new, Name=physical_id)
        _settle(physical_id, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the trail."""
        api("cloudtrail").delete_trail(Name=physical_id)


def _settle(trail: str, properties: Properties) -> None:
    if properties.get("EventSelectors"):
        call(api("cloudtrail"), "PutEventSelectors", properties, TrailName=trail)
    is_on = str(properties.get("IsLogging", True)).lower() == "true"
    switch = api("cloudtrail").start_logging if is_on else api("cloudtrail").stop_logging
    switch(Name=trail)
