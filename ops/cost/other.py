"""What is none of the others: messages, e-mail, workflows."""

from collections.abc import Iterator, Sequence

from ops.cost.counting import counts
from ops.cost.line import Line
from ops.cost.reading import Reading
from ops.plan.side import Resource


@counts("AWS::SES::EmailIdentity")
def emails(reading: Reading, resources: Sequence[Resource]) -> Iterator[Line]:
    """E-mail by the thousand; an identity is free."""
    number = reading.usage.emails_thousands
    price = reading.price("AmazonSES", "e-mails", "global")
    note = f"assumed: {number:g} thousand"
    yield Line("other", "e-mails", "global", number, number, price, "thousand", note, "with use")
