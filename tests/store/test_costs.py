"""What jobs have taken: kept between runs, and what is charged for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.store.costs import ENOUGH, KEPT, KINDS, LEAST, MANY, MARGIN, OF_EACH_RUN, Costs, charge_bytes
from tests.store import processes

ADD = (
    "import sys; from pathlib import Path; from clipforge.store.costs import Costs; costs = Costs(Path(sys.argv[1])); "
    "costs.saw('words', int(sys.argv[2])); sys.stdin.read(); costs.save()"
)
sizes = st.integers(1, 2**40)


def test_the_table_holds_until_something_was_seen() -> None:
    assert charge_bytes(1000, []) == 1000


def test_one_peak_is_enough_to_charge_more_and_a_few_are_needed_to_charge_less() -> None:
    assert charge_bytes(1000, [2000]) == int(2000 * MARGIN)
    assert charge_bytes(1000, [800] * (ENOUGH - 1)) == 1000
    assert charge_bytes(1000, [800] * ENOUGH) == int(800 * MARGIN)


@given(sizes, st.lists(sizes, max_size=KEPT))
def test_a_worker_within_the_table_is_never_ended_whatever_was_seen(table: int, peaks: list[int]) -> None:
    """It is ended at half again what it was charged."""
    assert 1.5 * (charge_bytes(table, peaks) + 1) >= table
    assert int(LEAST * table) <= charge_bytes(table, peaks)


@given(sizes, st.integers(MANY - 1, KEPT - 1), sizes)
def test_one_freak_among_many_changes_nothing(usual: int, others: int, freak: int) -> None:
    peaks = [usual] * others
    assert charge_bytes(usual, [*peaks, usual + freak]) == charge_bytes(usual, peaks)


@given(st.lists(st.lists(sizes, max_size=20), max_size=12))
def test_what_no_longer_happens_is_forgotten_and_the_file_stays_small(
    tmp_path_factory: pytest.TempPathFactory, runs: list[list[int]]
) -> None:
    file = tmp_path_factory.mktemp("costs") / "costs.json"
    for peaks in [*runs, *[[100] * OF_EACH_RUN] * (KEPT // OF_EACH_RUN)]:
        costs = Costs(file)
        for peak in peaks:
            costs.saw("words", peak)
        costs.save()
    assert Costs(file).peaks("words") == [100] * KEPT


def test_a_run_adds_its_largest_without_its_freak(tmp_path: Path) -> None:
    costs = Costs(tmp_path / "costs.json")
    for peak in [*range(100, 120), 9999]:
        costs.saw("words", peak)
    costs.saw("listen", 7)
    assert costs.peaks("words") == []  # this run's own change nothing before the next
    costs.save()
    assert sorted(Costs(tmp_path / "costs.json").peaks("words")) == [116, 117, 118, 119]
    assert Costs(tmp_path / "costs.json").peaks("listen") == [7]


def test_kinds_that_are_no_longer_seen_go_first(tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    for number in range(KINDS + 5):
        costs = Costs(file)
        costs.saw("always", 1)
        costs.saw(f"kind {number}", number + 1)
        costs.save()
    kept = Costs(file)
    assert kept.peaks("always")
    assert not kept.peaks("kind 0")
    assert kept.peaks(f"kind {KINDS + 4}") == [KINDS + 5]
    assert len(json.loads(file.read_text())["peaks"]) == KINDS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "garbage",
        "[]",
        "null",
        '{"schema": 2, "peaks": {"words": [5]}}',
        '{"schema": 1, "peaks": {"words": ["5"]}}',
        '{"schema": 1, "peaks": {"words": [-5]}}',
        '{"schema": 1, "peaks": {"words": [true]}}',
        '{"schema": 1, "peaks": {"words": [1e300]}}',
        '{"schema": 1, "peaks": {"words": 5}}',
        '{"schema": 1, "peaks": 5}',
        '{"schema": 1}',
        "[" * 100_000,
        "\ud800",
    ],
)
def test_a_damaged_file_is_an_empty_one_and_is_mended(tmp_path: Path, text: str) -> None:
    file = tmp_path / "costs.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    costs = Costs(file)
    assert costs.peaks("words") == []
    costs.saw("words", 5)
    costs.save()
    assert Costs(file).peaks("words") == [5]


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    for file in (None, tmp_path / "a file" / "costs.json"):
        costs = Costs(file)
        costs.saw("words", 5)
        costs.save()
        assert costs.peaks("words") == []


def test_runs_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "costs.json"
    running = [processes.start(ADD, file, number) for number in (1, 2, 3, 4)]
    for process in running:
        processes.finish(process)
    assert sorted(Costs(file).peaks("words")) == [1, 2, 3, 4]
    assert file.parent.stat().st_mode & 0o777 == 0o700
