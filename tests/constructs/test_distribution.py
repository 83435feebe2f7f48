"""What CloudFront keeps, for whom, and what it tells browsers."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_certificatemanager as acm

from cambium.distribution import Distribution
from config.edge import CacheBehavior
from config.edge import Distribution as DistributionConfig
from support.scenario import BuiltOf, Define, scenario

DISTRIBUTION = "AWS::CloudFront::Distribution"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""Policies of AWS (CloudFront developer guide, "Use managed cache policies" and the page beside it)."""
WEEK = 7 * 24 * 3600


def define(stack: cdk.Stack, *more: CacheBehavior, **options: Any) -> None:
    Distribution(
        stack,
        "Distribution",
        hosts=["shop.test", "www.shop.test"],
        origin_host="origin-test.shop.test",
        certificate=acm.Certificate.from_certificate_arn(
            stack, "Certificate", "arn:aws:acm:us-east-1:111122223333:certificate/1"
        ),
        config=DistributionConfig(
            price_class="100",
            behaviors=(
                CacheBehavior(path="/api/*", ttl_seconds=0, forward_all_headers=True),
                CacheBehavior(path="/assets/*", ttl_seconds=WEEK),
                CacheBehavior(path="*", ttl_seconds=3600, forward_all_headers=True),
                *more,
            ),
        ),
        **options,
    )


@scenario
def three_behaviors(stack: cdk.Stack) -> None:
    define(stack, uncached_paths=["/health"], web_acl_arn="arn:aws:wafv2:us-east-1:1:global/webacl/shop/1")


@scenario
def static_and_never_kept(stack: cdk.Stack) -> None:
    define(stack, CacheBehavior(path="/version.json", ttl_seconds=0))


def config(built: BuiltOf, of: Define = three_behaviors) -> dict[str, Any]:
    found: dict[str, Any] = built(of).the(DISTRIBUTION)["DistributionConfig"]
    return found


def behavior(built: BuiltOf, path: str, of: Define = three_behaviors) -> dict[str, Any]:
    found = config(built, of)
    behaviors: dict[str, dict[str, Any]] = {one["PathPattern"]: one for one in found["CacheBehaviors"]}
    behaviors["*"] = found["DefaultCacheBehavior"]
    return behaviors[path]


def kept(built: BuiltOf, path: str, of: Define = three_behaviors) -> dict[str, Any]:
    """The cache policy of a path."""
    policy = behavior(built, path, of)["CachePolicyId"]["Ref"]
    (found,) = [
        one["CachePolicyConfig"]
        for one in built(of).of_type("AWS::CloudFront::CachePolicy")
        if one.logical_id == policy
    ]
    return dict(found)


def key(built: BuiltOf, path: str) -> dict[str, Any]:
    return dict(kept(built, path)["ParametersInCacheKeyAndForwardedToOrigin"])


@pytest.mark.parametrize(("path", "seconds"), [("/assets/*", WEEK), ("*", 3600)])
def test_c7_nothing_is_kept_longer_than_the_description_says(built: BuiltOf, path: str, seconds: int) -> None:
    policy = kept(built, path)

    assert (policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]) == (0, seconds, seconds)


def test_c7_the_api_is_never_kept_and_sees_everything(built: BuiltOf) -> None:
    api = behavior(built, "/api/*")

    assert (api["CachePolicyId"], api["OriginRequestPolicyId"]) == (CACHING_DISABLED, ALL_VIEWER)
    assert "POST" in api["AllowedMethods"]


def test_c7_assets_go_without_what_the_visitor_sent(built: BuiltOf) -> None:
    assets = behavior(built, "/assets/*")

    assert "OriginRequestPolicyId" not in assets
    assert assets["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert key(built, "/assets/*")["CookiesConfig"] == {"CookieBehavior": "none"}


@pytest.mark.parametrize("path", ["/assets/*", "*"])
def test_c7_the_load_balancers_host_rule_sees_the_visitors_host(built: BuiltOf, path: str) -> None:
    """A header of the cache key travels on; without it the origin's own name would, which no rule has."""
    assert "Host" in key(built, path)["HeadersConfig"]["Headers"]


def test_c7_an_answer_made_for_one_visitor_is_never_given_to_another(built: BuiltOf) -> None:
    """All headers are forwarded there, and a service may answer by cookie or token without saying so."""
    page = key(built, "*")

    assert behavior(built, "*")["OriginRequestPolicyId"] == ALL_VIEWER
    assert page["CookiesConfig"] == {"CookieBehavior": "all"}
    assert "Authorization" in page["HeadersConfig"]["Headers"]
    assert page["QueryStringsConfig"] == {"QueryStringBehavior": "all"}


def test_c7_health_is_asked_of_the_service_and_not_of_a_copy(built: BuiltOf) -> None:
    first = config(built)["CacheBehaviors"][0]

    assert (first["PathPattern"], first["CachePolicyId"]) == ("/health", CACHING_DISABLED)


@pytest.mark.parametrize("path", ["/health", "/api/*", "/assets/*", "*"])
def test_c7_every_path_is_https_compressed_and_has_the_security_headers(built: BuiltOf, path: str) -> None:
    one = behavior(built, path)
    policy = built(three_behaviors).the("AWS::CloudFront::ResponseHeadersPolicy")

    assert one["ViewerProtocolPolicy"] == "redirect-to-https"
    assert one["Compress"] is True
    assert one["ResponseHeadersPolicyId"] == {"Ref": policy.logical_id}


def test_c7_assets_are_kept_compressed(built: BuiltOf) -> None:
    assets = key(built, "/assets/*")

    assert assets["EnableAcceptEncodingGzip"] is True
    assert assets["EnableAcceptEncodingBrotli"] is True


def test_c7_the_security_headers_are_the_documents(built: BuiltOf) -> None:
    policy = built(three_behaviors).the("AWS::CloudFront::ResponseHeadersPolicy")

    assert policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"] == {
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": 31536000,
            "IncludeSubdomains": True,
            "Override": True,
        },
        "FrameOptions": {"FrameOption": "DENY", "Override": True},
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": True},
    }


def test_c7_visitors_speak_tls_1_2_or_later_and_http_2_or_3(built: BuiltOf) -> None:
    found = config(built)

    assert found["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2025"
    assert found["HttpVersion"] == "http2and3"
    assert found["PriceClass"] == "PriceClass_100"
    assert found["Aliases"] == ["shop.test", "www.shop.test"]
    assert "Restrictions" not in found


def test_c7_the_origin_is_asked_over_https_by_a_name_its_certificate_covers(built: BuiltOf) -> None:
    (origin,) = config(built)["Origins"]

    assert origin["DomainName"] == "origin-test.shop.test"
    assert origin["CustomOriginConfig"] == {
        "OriginProtocolPolicy": "https-only",
        "OriginSSLProtocols": ["TLSv1.2"],
    }
    # A header that only CloudFront knows would be a secret in the template.
    assert "OriginCustomHeaders" not in origin


def test_c7_its_firewall_stands_before_it(built: BuiltOf) -> None:
    assert config(built)["WebACLId"].endswith("webacl/shop/1")
    assert "WebACLId" not in config(built, static_and_never_kept)


def test_what_is_kept_for_no_time_has_no_compressed_copies(built: BuiltOf) -> None:
    """CloudFront refuses that setting."""
    policy = kept(built, "/version.json", static_and_never_kept)

    assert policy["MaxTTL"] == 0
    assert policy["ParametersInCacheKeyAndForwardedToOrigin"]["EnableAcceptEncodingGzip"] is False
