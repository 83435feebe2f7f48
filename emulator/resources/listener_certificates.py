"""Further certificates of a listener, which MiniStack's API does not know: they are added to its record."""

from ministack.services import alb

from emulator.resources.base import Properties, Resource


class ListenerCertificate(Resource):
    """Certificates beside the first; the listener's description has them, and nothing is served with them."""

    type_name = "AWS::ElasticLoadBalancingV2::ListenerCertificate"
    replacing = frozenset({"Certificates", "ListenerArn"})

    def create(self, properties: Properties, name: str) -> str:
        """Add them."""
        for certificate in properties["Certificates"]:
            _certificates(properties).append(certificate["CertificateArn"])
        return f"{properties['ListenerArn']}|{properties['Certificates'][0]['CertificateArn']}"

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Take them away, where the listener is still there."""
        if properties["ListenerArn"] not in alb._listeners:
            return
        kept = _certificates(properties)
        for certificate in properties["Certificates"]:
            kept.remove(certificate["CertificateArn"])


def _certificates(properties: Properties) -> list[str]:
    listener = alb._listeners.get(properties["ListenerArn"])
    if listener is None:
        raise ValueError(f"there is no listener {properties['ListenerArn']}")
    certificates: list[str] = listener.setdefault("Certificates", [])
    return certificates
