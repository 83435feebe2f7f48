"""CloudFront in front of the load balancer: copies near visitors, never one visitor's for another."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.dns_zone import host_role
from cambium.security_headers import SecurityHeaders
from config.edge import EVERYTHING, CacheBehavior
from config.edge import Distribution as DistributionConfig

PRICE_CLASSES = {
    "100": cloudfront.PriceClass.PRICE_CLASS_100,
    "200": cloudfront.PriceClass.PRICE_CLASS_200,
    "all": cloudfront.PriceClass.PRICE_CLASS_ALL,
}
OF_THE_VISITOR = ("Authorization",)
"""Headers that say who asks. Cookies do too, and have a setting of their own."""


class Distribution(Construct):
    """A distribution whose one origin is the load balancer, by a name that its certificate covers.

    The host name that the visitor asked for always travels on, and is part of what a copy is kept under: the
    load balancer has rules by host, and one host's page is not another's.

    Whoever knows the load balancer's name can pass by CloudFront. That is not closed: other hosts lead to the
    load balancer directly, so its security group must stay open to all; and a secret header would be a
    secret in two templates. The load balancer has the same firewall instead, and a copy near the visitor is
    no protection. Where every host is behind CloudFront, an internal load balancer as a VPC origin closes it.

    Deliberately without an access log: what CloudFront answers by itself is public and static, each service
    logs what reaches it, and the firewall logs what it blocks. No country is excluded here; the firewall can.

    Attributes:
        distribution: The distribution.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        hosts: Sequence[str],
        origin_host: str,
        certificate: acm.ICertificate,
        config: DistributionConfig,
        uncached_paths: Sequence[str] = (),
        web_acl_arn: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._headers = SecurityHeaders(self, "Headers")
        self._origin = origins.HttpOrigin(
            origin_host,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        )
        uncached = [
            CacheBehavior(path=path, ttl_seconds=0, forward_all_headers=True) for path in uncached_paths
        ]
        # CloudFront takes the first pattern that matches, so health checks come before everything.
        behaviors = {one.path: self._behavior(one) for one in (*uncached, *config.behaviors)}
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            domain_names=list(hosts),
            certificate=certificate,
            # The newest that still knows TLS 1.2.
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2025,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=PRICE_CLASSES[config.price_class],
            default_behavior=behaviors.pop(EVERYTHING),
            additional_behaviors=behaviors,
            web_acl_id=web_acl_arn,
        )
        self._accept_findings(filtered=web_acl_arn is not None)

    def _behavior(self, config: CacheBehavior) -> cloudfront.BehaviorOptions:
        everything = config.forward_all_headers
        methods = cloudfront.AllowedMethods
        return cloudfront.BehaviorOptions(
            origin=self._origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=methods.ALLOW_ALL if everything else methods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=self._cache_policy(config),
            origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER if everything else None,
            response_headers_policy=self._headers.policy,
            compress=True,
        )

    def _cache_policy(self, config: CacheBehavior) -> cloudfront.ICachePolicy:
        everything = config.forward_all_headers
        if not config.ttl_seconds and everything:
            return cloudfront.CachePolicy.CACHING_DISABLED
        # What is kept for no time cannot be kept in several encodings either: CloudFront refuses the setting.
        kept = config.ttl_seconds > 0
        cookies, age = cloudfront.CacheCookieBehavior, Duration.seconds(config.ttl_seconds)
        return cloudfront.CachePolicy(
            self,
            f"Cache{_role(config.path)}",
            min_ttl=Duration.seconds(0),
            default_ttl=age,
            max_ttl=age,
            header_behavior=cloudfront.CacheHeaderBehavior.allow_list(
                "Host", *(OF_THE_VISITOR if everything else ())
            ),
            cookie_behavior=cookies.all() if everything else cookies.none(),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.all(),
            enable_accept_encoding_gzip=kept,
            enable_accept_encoding_brotli=kept,
        )

    def _accept_findings(self, *, filtered: bool) -> None:
        reasons = {
            "AwsSolutions-CFR1": "the product is for everybody; the firewall can exclude countries",
            "AwsSolutions-CFR3": "what CloudFront answers itself is public, services log what reaches them",
        }
        if not filtered:
            reasons["AwsSolutions-CFR2"] = "this environment is described without a firewall"
        acknowledge(self, reasons)


def _role(path: str) -> str:
    """The construct id of a path pattern; ``/*`` and ``*`` stay apart."""
    marked = path.replace("*", "-any").replace("/", "-in-").replace("?", "-one")
    return host_role("".join(letter if letter.isalnum() else "-" for letter in marked))
