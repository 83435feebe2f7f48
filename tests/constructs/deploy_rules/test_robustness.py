"""Deploy rules never break synth: not by raising, and not by taking long."""

import re
import time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import cambium.deploy_rules
from cambium.deploy_rules.catalogue import check
from cambium.deploy_rules.template import Template

SOURCES = "".join(
    path.read_text() for path in sorted(Path(cambium.deploy_rules.__file__).parent.glob("*.py"))
)
TYPES = sorted(set(re.findall(r"AWS::\w+::\w+", SOURCES)))
WORDS = sorted(set(re.findall(r'"([A-Z][A-Za-z]+)"', SOURCES)))
VALUES = ["postgres", "redis", "network", "gp3", "advanced", "STRONG", "50", "true", "1e999", "nan", ""]
FUNCTIONS = ["Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput", "Fn::If", "Fn::Join", "Fn::Sub"]

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(VALUES)
)
references = st.builds(
    lambda function, name: {function: name},
    st.sampled_from(FUNCTIONS),
    st.sampled_from(["A", "B", ["A", "Arn"], [], {"StackName": "S", "OutputName": "A"}, None, 7]),
)
values = st.recursive(
    scalars | references,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS + FUNCTIONS), inner, max_size=4)
    ),
    max_leaves=8,
)
resources = st.fixed_dictionaries(
    {"Type": st.sampled_from(TYPES)},
    optional={
        "Properties": st.dictionaries(st.sampled_from(WORDS), values, max_size=8) | values,
        "Metadata": values,
    },
)
stacks = st.fixed_dictionaries(
    {"Resources": st.dictionaries(st.sampled_from(["A", "B", "C"]), resources | values)},
    optional={"Outputs": values, "Parameters": values, "Metadata": values},
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@settings(max_examples=150)
@given(st.lists(stacks, min_size=1, max_size=2))
def test_never_raises_on_what_looks_like_a_template(bodies: list[dict[str, Any]]) -> None:
    for _, found in check([Template("t.json", body, "S", "S") for body in bodies]):
        assert found.found


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(["Resources", "Outputs", "Parameters", "Metadata"]), anything))
def test_never_raises_on_arbitrary_json(body: dict[str, Any]) -> None:
    for _, found in check([Template("t.json", body)]):
        assert found.found


def test_checks_ten_stacks_of_200_resources_unnoticed() -> None:
    resources = {
        f"R{number}": {"Type": TYPES[number % len(TYPES)], "Properties": {"SourceDestCheck": False}}
        for number in range(200)
    }
    templates = [Template(f"{n}.json", {"Resources": resources}, f"S{n}") for n in range(10)]

    started = time.process_time()
    list(check(templates))

    assert time.process_time() - started < 0.25  # takes about 20 ms; CI machines are slow and shared
