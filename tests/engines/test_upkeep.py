"""Models that are here: listed, compared with what they must be, removed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clipforge.engines.catalogue import CATALOGUE
from clipforge.engines.cost import Shape
from clipforge.engines.models import Listed, Order, Places, listed, pull, remove, resolve, verify
from clipforge.engines.pins import PINS
from clipforge.errors import InHubCache, ModelMissing, UnknownName
from tests.engines.outline import MICRO, make_folder

GIB = 2**30


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "models", tmp_path / "hub")


@pytest.fixture
def mine(places: Places) -> Path:
    return pull(Order("mine", str(MICRO), trust=True), places, lambda what, done, total: None).path


def put_in_hub(places: Places, name: str) -> Path:
    snapshot = places.hub_folder / f"models--{PINS[name].repo.replace('/', '--')}" / "snapshots" / PINS[name].revision
    shutil.copytree(MICRO, snapshot)
    return snapshot


def results(places: Places, *names: str) -> dict[str, tuple[str, str]]:
    return {verdict.model: (verdict.result, verdict.why) for verdict in verify(names, places, lambda done, total: None)}


def test_verify(places: Places, mine: Path) -> None:
    shutil.copytree(MICRO, places.models_folder / "unknown")
    put_in_hub(places, "tiny.en")
    found = results(places)
    assert list(found) == ["tiny.en", "mine", "unknown"]
    assert found["mine"] == ("ok", "trusted")
    assert found["unknown"][0] == "unknown"
    assert found["tiny.en"][0] == "differs"
    assert "model.bin has 2518051 bytes instead of 75537502" in found["tiny.en"][1]
    assert results(places, "mine") == {"mine": ("ok", "trusted")}


def test_every_changed_bit_is_seen(places: Places, mine: Path) -> None:
    data = bytearray((mine / "model.bin").read_bytes())
    data[1_234_567] ^= 1
    (mine / "model.bin").write_bytes(data)
    result, why = results(places, "mine")["mine"]
    assert result == "differs"
    assert why.startswith("model.bin has SHA-256 ")
    (mine / "vocabulary.json").unlink()
    assert results(places)["mine"] == ("differs", "vocabulary.json is missing")


def test_verify_what_is_not_here(places: Places) -> None:
    assert results(places) == {}
    with pytest.raises(ModelMissing):
        verify(("small",), places, lambda done, total: None)
    with pytest.raises(UnknownName):
        verify(("smal",), places, lambda done, total: None)


def test_remove(places: Places, mine: Path) -> None:
    assert remove("mine", places) == [mine]
    assert not mine.exists()
    with pytest.raises(UnknownName):
        remove("mine", places)
    assert remove("mine", places, forgetting=True) == []
    assert not list((places.models_folder / ".trusted").iterdir())
    with pytest.raises(ModelMissing):
        remove("small", places)
    for name in ("draft", "../hub", ".trusted", "."):
        with pytest.raises(UnknownName):
            remove(name, places)


def test_remove_what_cannot_be_used_and_what_was_broken_off(places: Places) -> None:
    (places.models_folder / "small").mkdir(parents=True)
    (places.models_folder / ".small.partial").mkdir()
    assert remove("small", places) == [places.models_folder / "small", places.models_folder / ".small.partial"]
    assert list(places.models_folder.iterdir()) == []


def test_the_hugging_face_cache_is_left_alone_unless_it_is_meant(places: Places) -> None:
    snapshot = put_in_hub(places, "tiny.en")
    with pytest.raises(InHubCache) as caught:
        remove("tiny.en", places)
    assert caught.value.remedy == "clipforge models remove tiny.en --hub-cache"
    shutil.copytree(MICRO, places.models_folder / "tiny.en")
    assert remove("tiny.en", places) == [places.models_folder / "tiny.en"]
    assert resolve("tiny.en", places).path == snapshot
    assert remove("tiny.en", places, hub_cache=True) == [snapshot.parents[1]]
    assert list(places.hub_folder.iterdir()) == []


def by_name(places: Places, budget_bytes: int = 64 * GIB, cores: int = 4) -> dict[str, Listed]:
    return {model.name: model for model in listed(places, budget_bytes, cores)}


def test_listed(places: Places, mine: Path) -> None:
    make_folder(places.models_folder / "small", Shape(768, 12, 12))
    (places.models_folder / "broken").mkdir()
    snapshot = put_in_hub(places, "tiny.en")
    (put_in_hub(places, "base.en") / "model.bin").unlink()
    found = by_name(places)
    assert list(found) == ["draft", *CATALOGUE, "broken", "mine"]
    assert {name: model.where for name, model in found.items() if model.where} == {
        "draft": "comes along",
        "tiny.en": "hugging face cache",
        "small": "models folder",
        "broken": "models folder",
        "mine": "models folder",
    }
    assert found["tiny.en"].path == str(snapshot)
    assert found["broken"].trouble == "missing: model.bin, config.json, tokenizer.json, vocabulary.json"
    assert "model.bin is missing" in found["base.en"].trouble
    assert (found["mine"].checked_by, found["small"].checked_by, found["distil-large-v2"].checked_by) == (
        "trusted",
        "pinned",
        "",
    )


def test_what_the_catalogue_says(places: Places) -> None:
    found = by_name(places)
    assert (found["tiny.en"].languages, found["tiny"].languages, found["large-v3"].languages) == (1, 99, 100)
    assert (found["turbo"].languages, found["turbo"].translates, found["medium"].translates) == (100, False, True)
    assert found["small"].size_bytes == 486_212_372
    assert found["small"].memory_bytes < found["medium"].memory_bytes < found["large-v3"].memory_bytes


def test_speed_is_of_this_machine(places: Places) -> None:
    fast, slow = by_name(places, cores=8), by_name(places, cores=2)
    assert all(fast[name].speed > slow[name].speed for name in ("tiny", "small", "large-v3"))  # type: ignore[operator]
    speeds = [fast[name].speed for name in ("tiny", "base", "small", "medium", "large-v3")]
    assert speeds == sorted(speeds, reverse=True)  # type: ignore[type-var]
    assert by_name(places, GIB)["large-v3"].speed is None
    assert by_name(places, GIB)["tiny"].speed is not None


def test_the_pins_agree_with_the_catalogue() -> None:
    for name, entry in CATALOGUE.items():
        pin = PINS[name]
        assert len(pin.revision) == 40
        if pin.files:
            assert abs(pin.files["model.bin"].size_bytes - 2 * entry.parameters) < 400_000
        assert all(len(file.sha256) in (0, 64) for file in pin.files.values())
    assert [name for name, pin in PINS.items() if not pin.is_complete] == [
        "distil-medium.en",
        "distil-large-v2",
        "large-v1",
    ]


def test_the_repositories_are_those_of_the_library() -> None:
    from faster_whisper.utils import _MODELS

    for name, entry in CATALOGUE.items():
        assert _MODELS[name] in (entry.pin.repo, *entry.pin.other_repos)
