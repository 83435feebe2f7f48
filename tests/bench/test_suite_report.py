"""What is read from pytest's own report."""

from pathlib import Path

from bench.parts import suite_section
from bench.process import Cost
from bench.suite import Part, read

PARTS = [Part("ops", 2, 2.0, 1.5), Part("test_layout", 1, 0.5, 0.5)]


def test_tests_are_counted_by_folder_and_the_longest_comes_first(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.test_layout" name="a" time="0.5"/>'
        '<testcase classname="tests.ops.plan.test_laws" name="b" time="1.5"/>'
        '<testcase classname="tests.ops.test_up" name="c" time="0.5"/>'
        "</testsuite></testsuites>"
    )

    assert read(report) == PARTS


def test_the_whole_is_told_beside_its_parts() -> None:
    section = suite_section(PARTS, Cost(520.4, 281.2))

    assert "took 281 seconds" in section.meaning
    assert "520 seconds of CPU" in section.meaning
    assert section.rows[-1] == ["in all", "3", "2.5", ""]
