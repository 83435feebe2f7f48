"""Apps that describe different things are not compared."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench.fairness import Likeness, compare
from bench.process import MeasurementError

BUCKET = {"Type": "AWS::S3::Bucket"}
TOPIC = {"Type": "AWS::SNS::Topic"}


def _assembly(folder: Path, **stacks: dict[str, Any]) -> Path:
    folder.mkdir()
    for name, resources in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
    return folder


def test_says_how_many_resources_are_the_same_to_the_last_property(tmp_path: Path) -> None:
    ours = _assembly(tmp_path / "ours", data={"A": BUCKET, "B": BUCKET}, alarms={"T": TOPIC})
    named = {**BUCKET, "Properties": {"BucketName": "leaves"}}
    other = _assembly(tmp_path / "other", data={"A": BUCKET, "B": named}, alarms={"T": TOPIC})

    assert compare(ours, other) == Likeness(stacks=2, resources=3, identical=2)


def test_refuses_another_number_of_resources_of_a_type(tmp_path: Path) -> None:
    ours = _assembly(tmp_path / "ours", data={"A": BUCKET, "B": BUCKET})
    other = _assembly(tmp_path / "other", data={"A": BUCKET})

    with pytest.raises(MeasurementError, match="data: 2 of AWS::S3::Bucket in ours, 1 in the other"):
        compare(ours, other)


def test_refuses_the_same_resources_in_another_stack(tmp_path: Path) -> None:
    ours = _assembly(tmp_path / "ours", data={"A": BUCKET}, alarms={"T": TOPIC})
    other = _assembly(tmp_path / "other", data={"T": TOPIC}, alarms={"A": BUCKET})

    with pytest.raises(MeasurementError, match="alarms: 0 of AWS::S3::Bucket in ours"):
        compare(ours, other)


def test_refuses_a_missing_stack(tmp_path: Path) -> None:
    ours = _assembly(tmp_path / "ours", data={"A": BUCKET}, alarms={"T": TOPIC})

    with pytest.raises(MeasurementError, match="alarms: only in ours"):
        compare(ours, _assembly(tmp_path / "other", data={"A": BUCKET}))
