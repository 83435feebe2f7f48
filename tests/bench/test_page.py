"""The page that is written: tables that render, and nothing about whose machine it was."""

import os
import platform
import socket
from datetime import date
from pathlib import Path

import pytest

from bench import machine, markdown
from bench.__main__ import MEASURED, PAGE
from bench.page import LOAD, page
from bench.parts import PARTS
from bench.record import Record, read
from bench.section import Section
from ops.workspace import here

SECTION = Section(title="Synthesis", meaning="CPU seconds.", header=["App", "CPU"], rows=[["ours", "5.90"]])


def _record(part: str = "synthesis", **facts: str) -> Record:
    return Record(
        part=part,
        measured_on=date(2026, 11, 20),
        command=f"make bench PART={part}",
        facts=facts,
        sections=(SECTION,),
    )


def test_a_table_is_aligned_with_numbers_to_the_right() -> None:
    assert markdown.table(["App", "CPU"], [["ours", "5.90"], ["a bucket", "10.00"]]).splitlines() == [
        "| App      |   CPU |",
        "| -------- | ----: |",
        "| ours     |  5.90 |",
        "| a bucket | 10.00 |",
    ]


def test_a_cell_cannot_break_the_table() -> None:
    assert markdown.table(["A"], [["one|two\nthree"]]).splitlines()[-1] == "| one\\|two three |"


def test_prose_fits_the_page() -> None:
    lines = markdown.paragraph("seconds " * 50).splitlines()

    assert len(lines) > 1
    assert max(map(len, lines)) <= markdown.LINE_LENGTH


def test_a_table_fits_the_page_however_long_its_words() -> None:
    lines = markdown.table(["What", "ratio"], [["w" * 200, "1.27"], ["short", "1.30"]]).splitlines()

    assert {len(line) for line in lines} == {markdown.LINE_LENGTH}
    assert "w... |  1.27 |" in lines[2]
    assert lines[3].startswith("| short ")


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="each row must have 2 cells, got 1"):
        markdown.table(["A", "B"], [["1"]])


def test_each_part_says_when_it_was_measured_and_by_which_command() -> None:
    text = page([_record(**{LOAD: "0.3 programs wanted a core"})])

    assert "## Synthesis\n\nCPU seconds.\n\n| App " in text
    assert (
        "Measured on 2026-11-20 by `make bench PART=synthesis`; before it, 0.3 programs wanted a core."
        in text.replace("\n", " ")
    )


def test_what_parts_were_made_on_is_said_once_and_every_value_that_differs() -> None:
    text = page([_record("up", Python="3.11.7", System="Linux"), _record(Python="3.12.1", System="Linux")])

    assert text.count("| System") == 1
    assert "3.11.7, 3.12.1 |" in text


def test_the_page_of_the_repository_is_written_from_the_measurements_kept_beside_it() -> None:
    root = here().root

    assert (root / PAGE).read_text() == page(read(root / MEASURED, PARTS))


@pytest.mark.skipif(not here().bin.joinpath("node").exists(), reason="make setup has not run")
def test_the_facts_name_neither_the_machine_nor_its_folders() -> None:
    told = " ".join(machine.facts(here()).values())

    assert str(Path.home()) not in told
    assert str(here().root) not in told
    assert socket.gethostname() not in told
    assert platform.python_version() in told
    assert str(os.cpu_count()) in told
