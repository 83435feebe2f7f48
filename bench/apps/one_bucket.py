"""The smallest useful Python CDK app: one stack with one bucket. What it costs, every Python app costs."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3


def main() -> None:
    """Synthesise it."""
    app = cdk.App(analytics_reporting=False)
    s3.Bucket(cdk.Stack(app, "Stack"), "Bucket")
    app.synth()


if __name__ == "__main__":
    main()
