from __future__ import annotations

import hashlib
import math
import multiprocessing
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.errors import ClipUnreadable
from clipforge.store.keys import digest_bytes, digest_file, key

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FACTS = st.dictionaries(st.text(), PLAIN, max_size=4)


def tell_apart(fact: object) -> object:
    """The fact with bools marked, which are equal to 0 and 1 in Python and are not so in a key."""
    if isinstance(fact, bool):
        return ("bool", fact)
    if isinstance(fact, list):
        return [tell_apart(item) for item in fact]
    if isinstance(fact, dict):
        return {name: tell_apart(item) for name, item in fact.items()}
    return fact


def test_key_stays_what_it_is() -> None:
    """A key that changes by itself throws away every cache there is."""
    facts = {"samples": "00ff", "beam_size": 5, "temperature": 0.2, "prompt": "Grüße", "language": None, "vad": True}
    assert key("words", facts) == "cc49ae4ee374804baf4e337398b4de4acd3c6ca2b03a8983b8a94a3045479b2b"


@settings(deadline=None)
@given(FACTS, st.randoms())
def test_order_of_facts_does_not_matter(facts: dict[str, object], random: object) -> None:
    items = list(facts.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert key("words", dict(items)) == key("words", facts)


@settings(deadline=None)
@given(FACTS, FACTS)
def test_keys_are_equal_where_facts_are(one: dict[str, object], other: dict[str, object]) -> None:
    assert (key("words", one) == key("words", other)) == (tell_apart(one) == tell_apart(other))


@settings(deadline=None)
@given(FACTS, st.text(), PLAIN)
def test_one_changed_fact_changes_the_key(facts: dict[str, object], name: str, value: object) -> None:
    changed = {**facts, name: value}
    assert (key("words", facts) == key("words", changed)) == (tell_apart(facts) == tell_apart(changed))


def test_kind_is_part_of_the_key() -> None:
    assert key("words", {}) != key("manifest", {})


@pytest.mark.parametrize(("one", "other"), [(5, 5.0), (0.0, -0.0), ((1, 2), [1, 2]), (2**60, float(2**60))])
def test_equal_facts_that_print_differently(one: object, other: object) -> None:
    assert key("words", {"fact": one}) == key("words", {"fact": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), ("1", 1), (None, "null"), ("", None), ([], {}), ([[1], 2], [1, [2]]), (0.1, 0.1 + 1e-17 * 2)],
)
def test_unlike_facts(one: object, other: object) -> None:
    assert (key("words", {"fact": one}) == key("words", {"fact": other})) == (one == other and type(one) is type(other))


@pytest.mark.parametrize("fact", [math.nan, math.inf, b"bytes", {1: "one"}, {"a", "b"}, Path("x"), object()])
def test_what_cannot_be_written_down_is_refused(fact: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        key("words", {"fact": fact})


def test_digest_of_a_file(tmp_path: Path) -> None:
    data = bytes(range(256)) * 20_000
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    told: list[float] = []
    assert digest_file(path, told.append) == digest_bytes(data) == hashlib.sha256(data).hexdigest()
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == 1.0


def test_digest_of_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()
    assert digest_file(path) == hashlib.sha256(b"").hexdigest()


def test_digest_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    with path.open("wb") as file:
        file.truncate(64 * 2**20)
    tracemalloc.start()
    digest_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 2**20


def test_digest_of_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ClipUnreadable, match="no such file"):
        digest_file(tmp_path / "none.mp4")
    with pytest.raises(ClipUnreadable, match="is a directory"):
        digest_file(tmp_path)


def test_digest_in_a_worker(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"clip")
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(digest_file, path).result(60) == hashlib.sha256(b"clip").hexdigest()
