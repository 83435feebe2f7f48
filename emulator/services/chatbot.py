"""Amazon Q Developer in chat applications (Chatbot) as records: nothing reaches Slack."""

from emulator.services.base import ApiError, Body, Service, Tenant

KIND = "SlackChannelConfiguration"


class Chatbot(Service):
    """Slack channel configurations; the workspace is taken as authorized."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "CreateSlackChannelConfiguration": self._create,
            "UpdateSlackChannelConfiguration": self._update,
            "DeleteSlackChannelConfiguration": self._delete,
            "DescribeSlackChannelConfigurations": self._describe,
        }

    def _create(self, body: Body, tenant: Tenant) -> Body:
        name = body["ConfigurationName"]
        arn = f"arn:aws:chatbot::{tenant.account}:chat-configuration/slack-channel/{name}"
        if arn in self.records(tenant, KIND):
            raise ApiError("ConflictException", f"configuration already exists: {name}")
        self.records(tenant, KIND)[arn] = {**body, "ChatConfigurationArn": arn}
        return self._answer(arn, tenant)

    def _update(self, body: Body, tenant: Tenant) -> Body:
        self.find(tenant, KIND, body["ChatConfigurationArn"]).update(body)
        return self._answer(body["ChatConfigurationArn"], tenant)

    def _delete(self, body: Body, tenant: Tenant) -> Body:
        self.find(tenant, KIND, body["ChatConfigurationArn"])
        del self.records(tenant, KIND)[body["ChatConfigurationArn"]]
        return {}

    def _describe(self, body: Body, tenant: Tenant) -> Body:
        wanted = body.get("ChatConfigurationArn")
        records = self.records(tenant, KIND).items()
        found = [record for arn, record in records if wanted in (None, arn)]
        return {"SlackChannelConfigurations": found}

    def _answer(self, arn: str, tenant: Tenant) -> Body:
        return {"ChannelConfiguration": self.find(tenant, KIND, arn)}
