"""The page that is written: tables that render, and nothing about whose machine it was."""

import os
import platform
import socket
from datetime import date
from pathlib import Path

import pytest

from bench import machine, markdown
from bench.page import page
from bench.section import Section, not_measured
from ops.workspace import here

SECTION = Section(title="Synthesis", meaning="CPU seconds.", header=["App", "CPU"], rows=[["ours", "5.90"]])


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


def test_the_page_says_what_made_it_and_when() -> None:
    text = page([SECTION], {"Python": "3.11"}, "make bench", date(2026, 11, 20))

    assert "Written by `make bench` on 2026-11-20" in text
    assert "## Synthesis\n\nCPU seconds.\n\n| App " in text


def test_a_part_that_was_skipped_is_named_and_not_left_out() -> None:
    text = page([not_measured("up", "left out")], {"Python": "3.11"}, "make bench", date(2026, 11, 20))

    assert "## up\n\nNot measured in this run." in text


@pytest.mark.skipif(not here().bin.joinpath("node").exists(), reason="make setup has not run")
def test_the_facts_name_neither_the_machine_nor_its_folders() -> None:
    told = " ".join(machine.facts(here()).values())

    assert str(Path.home()) not in told
    assert str(here().root) not in told
    assert socket.gethostname() not in told
    assert platform.python_version() in told
    assert str(os.cpu_count()) in told
