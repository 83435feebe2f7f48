"""What is read from pytest's own report."""

from pathlib import Path

from bench.parts import suite_section
from bench.process import Cost
from bench.suite import Part, read

COST = Cost(1.0, 2.0)


def test_counts_tests_and_failures_and_finds_the_slowest(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase name="a" time="0.5"/>'
        '<testcase name="b" time="1.5"><failure/></testcase>'
        '<testcase classname="tests.ops.test_up" name="c" time="0.1"><error/></testcase>'
        "</testsuite></testsuites>"
    )

    assert read("ops", report, COST) == Part("ops", 3, ("b", "tests.ops.test_up::c"), "b", 1.5, COST)


def test_a_part_without_tests_is_reported_as_empty(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text("<testsuites><testsuite/></testsuites>")

    assert read("docs", report, COST) == Part("docs", 0, (), "", 0.0, COST)


def test_a_failed_test_is_counted_and_named_as_a_flaw() -> None:
    section = suite_section(
        [Part("ops", 3, ("b",), "b", 1.5, COST), Part("docs", 2, (), "d", 0.5, COST)], COST
    )

    assert section.rows[-2][:3] == ["one part after the other", "5", "1"]
    assert section.rows[-1] == ["make test", "5", "1", "2.0", "1.0", ""]
    assert section.flaw == "1 failed: b"


def test_a_suite_that_passes_has_no_flaw() -> None:
    assert suite_section([Part("docs", 2, (), "d", 0.5, COST)], COST).flaw is None
