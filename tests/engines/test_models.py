"""Models found, checked and known; nothing is loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipforge.engines.cost import Shape
from clipforge.engines.folders import MULTILINGUAL_MARK, check_folder
from clipforge.engines.models import CATALOGUE, Model, Places, digest, installed, resolve
from clipforge.engines.weights import Unreadable, read_weights
from clipforge.errors import BadModel, ModelMissing, UnknownName
from tests.engines.made import make_whisper
from tests.engines.outline import MICRO, make_folder

SMALL = Shape(768, 12, 12)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "models", tmp_path / "hub")


@pytest.fixture
def micro_copy(tmp_path: Path) -> Path:
    return shutil.copytree(MICRO, tmp_path / "copy")


def put_in_hub(places: Places, repo: str, commit: str = "0123abcd") -> Path:
    """As huggingface_hub lays it out: snapshots of links to blobs, and a ref."""
    top = places.hub_folder / f"models--{repo.replace('/', '--')}"
    snapshot = top / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (top / "blobs").mkdir()
    (top / "refs").mkdir()
    (top / "refs" / "main").write_text(commit)
    for i, file in enumerate(file for file in MICRO.iterdir() if file.suffix != ".md"):
        shutil.copy(file, top / "blobs" / str(i))
        (snapshot / file.name).symlink_to(top / "blobs" / str(i))
    return snapshot


def test_a_folder(micro_copy: Path, places: Places) -> None:
    model = resolve(str(micro_copy), places)
    assert (model.name, model.engine, model.path) == ("copy", "whisper", micro_copy)
    assert model.size_bytes == 2_518_051
    assert (model.english_only, model.translates, model.cantonese) == (True, False, False)


def test_a_folder_here(micro_copy: Path, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(micro_copy.parent)
    assert resolve("copy", places) == resolve("./copy", places) == resolve(str(micro_copy), places)


def test_a_model_of_our_own(places: Places) -> None:
    make_folder(places.models_folder / "small", SMALL)
    shutil.copytree(MICRO, places.models_folder / "mine")
    assert resolve("small", places).path == places.models_folder / "small"
    assert [model.name for model in installed(places)] == ["small", "mine"]


def test_a_model_in_the_hub_cache(places: Places) -> None:
    snapshot = put_in_hub(places, CATALOGUE["tiny.en"].repo)
    model = resolve("tiny.en", places)
    assert (model.name, model.path) == ("tiny.en", snapshot)
    assert [model.name for model in installed(places)] == ["tiny.en"]


def test_an_unfinished_download_in_the_hub_cache_is_not_there(places: Places) -> None:
    """It is named with the file that is missing, and nothing is fetched."""
    (put_in_hub(places, CATALOGUE["base"].repo) / "tokenizer.json").unlink()
    with pytest.raises(ModelMissing, match=r"base is not on this machine: .* is not whole, tokenizer\.json is missing"):
        resolve("base", places)


def test_the_pinned_revision_in_the_hub_cache_comes_first(places: Places) -> None:
    pin = CATALOGUE["turbo"].pin
    other = put_in_hub(places, pin.other_repos[0], "abcdef")
    assert resolve("turbo", places).path == other
    pinned = other.parent / pin.revision
    shutil.copytree(other, pinned)
    assert resolve("turbo", places).path == pinned
    (pinned / "config.json").unlink()
    assert resolve("turbo", places).path == other


def test_a_hub_ref_cannot_lead_elsewhere(places: Places) -> None:
    put_in_hub(places, CATALOGUE["base"].repo)
    ref = places.hub_folder / "models--Systran--faster-whisper-base" / "refs" / "main"
    ref.write_text("../../../../copy")
    with pytest.raises(ModelMissing):
        resolve("base", places)


def test_other_names(places: Places) -> None:
    make_folder(places.models_folder / "turbo", Shape(1280, 32, 4), mels=128)
    assert resolve("large-v3-turbo", places).name == "turbo"
    with pytest.raises(ModelMissing) as caught:
        resolve("large", places)
    assert caught.value.remedy == "clipforge models pull large-v3"


def test_known_but_not_here(places: Places) -> None:
    with pytest.raises(ModelMissing, match="model small is not on this machine"):
        resolve("small", places)
    assert installed(places) == []


def test_unknown(places: Places) -> None:
    with pytest.raises(UnknownName, match=r'no model named "smal"\. Did you mean small\?'):
        resolve("smal", places)


def test_draft(places: Places) -> None:
    model = resolve("draft", places)
    assert (model.engine, model.english_only) == ("draft", True)
    assert (model.path / "cmudict-en-us.dict").is_file()
    assert digest(model).startswith("pocketsphinx-")


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_missing_file_is_named(micro_copy: Path, places: Places, name: str) -> None:
    (micro_copy / name).unlink()
    with pytest.raises(BadModel, match=rf"{name} is missing$"):
        resolve(str(micro_copy), places)


def test_folders_that_are_no_models(tmp_path: Path, places: Places, micro_copy: Path) -> None:
    with pytest.raises(BadModel, match="no such folder"):
        resolve(str(tmp_path / "nowhere"), places)
    with pytest.raises(BadModel, match="is a file"):
        resolve(str(micro_copy / "model.bin"), places)
    with pytest.raises(BadModel, match="holds a Transformer model, not Whisper"):
        check_folder(make_folder(tmp_path / "text", SMALL, spec="TransformerSpec"))
    (micro_copy / "model.bin").rename(micro_copy / "model.safetensors")
    with pytest.raises(BadModel, match="ct2-transformers-converter"):
        check_folder(micro_copy)


def test_damaged_files_are_named(micro_copy: Path) -> None:
    for name in ("tokenizer.json", "config.json", "vocabulary.json"):
        whole = (micro_copy / name).read_bytes()
        (micro_copy / name).write_bytes(whole[: len(whole) // 2])
        with pytest.raises(BadModel, match=f"{name} is damaged"):
            resolve(str(micro_copy), Places(micro_copy, micro_copy))
        (micro_copy / name).write_bytes(whole)


def test_a_pointer_in_place_of_the_weights(micro_copy: Path) -> None:
    (micro_copy / "model.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    with pytest.raises(BadModel, match="Git LFS pointer"):
        check_folder(micro_copy)


def test_large_v3_needs_to_say_how_many_mel_bins(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "large", Shape(1280, 32, 32), mels=128)
    check_folder(folder)
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(BadModel, match=r"preprocessor_config\.json is missing, and the model takes 128"):
        check_folder(folder)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2_518_050))
def test_every_cut_of_the_weights_is_seen(tmp_path: Path, size: int) -> None:
    cut = tmp_path / "model.bin"
    cut.write_bytes((MICRO / "model.bin").read_bytes()[:size])
    with pytest.raises(Unreadable):
        read_weights(cut)


@given(st.binary(max_size=200))
def test_any_other_file_is_not_taken_for_weights(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    other = tmp_path_factory.mktemp("other") / "model.bin"
    other.write_bytes(data)
    with pytest.raises(Unreadable):
        read_weights(other)


def test_the_outline_of_real_weights() -> None:
    weights = read_weights(MICRO / "model.bin")
    assert (weights.spec, weights.width, weights.vocabulary, weights.mels) == ("WhisperSpec", 128, 1889, 80)
    assert (weights.layers("encoder"), weights.layers("decoder"), weights.encoder_heads) == (3, 2, 4)
    assert 1_500_000 < weights.parameters < 1_800_000


def test_multilingual_by_its_vocabulary(tmp_path: Path) -> None:
    """As CTranslate2 itself sees it."""
    import ctranslate2

    folder = make_whisper(tmp_path / "many", [" hola"])
    model = resolve(str(folder), Places(tmp_path, tmp_path))
    assert ctranslate2.models.Whisper(str(folder)).is_multilingual
    assert (model.english_only, model.translates) == (False, True)
    text = (folder / "vocabulary.json").read_text("utf-8")
    (folder / "vocabulary.json").write_text(text.replace(f'"{MULTILINGUAL_MARK}"', '"mark"', 1), "utf-8")
    assert not ctranslate2.models.Whisper(str(folder)).is_multilingual
    assert resolve(str(folder), Places(tmp_path, tmp_path)).english_only


def test_a_digest_covers_what_can_change_a_word(micro_copy: Path, places: Places) -> None:
    def now() -> str:
        return digest(resolve(str(micro_copy), places))

    first = now()
    assert first == digest(resolve(str(MICRO), places))  # wherever it lies
    (micro_copy / "README.md").write_text("something else")
    (micro_copy / "notes.txt").write_text("of ours")
    assert now() == first
    for name in ("config.json", "vocabulary.json", "tokenizer.json", "preprocessor_config.json"):
        (micro_copy / name).write_bytes((micro_copy / name).read_bytes() + b"\n")
        assert now() != first
        first = now()


def test_a_digest_asks_for_each_file_once(places: Places) -> None:
    asked: list[str] = []

    def of_file(path: Path) -> str:
        asked.append(path.name)
        return path.name

    assert len(digest(resolve(str(MICRO), places), of_file)) == 64
    assert sorted(asked) == sorted(file.name for file in MICRO.iterdir() if file.suffix != ".md")


def test_choosing_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from clipforge.engines.models import *;"
        "from clipforge.engines.plan import Room;"
        "places = Places(Path(sys.argv[1]), Path(sys.argv[1]));"
        "model = resolve(sys.argv[2], places); resolve('draft', places);"
        "recipe_for(model, Asked()); plan_placement(model, Room(2, 2**33)); installed(places);"
        "heavy = {'numpy', 'faster_whisper', 'ctranslate2', 'pocketsphinx', 'huggingface_hub'} & sys.modules.keys();"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path), str(MICRO)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_catalogue_entry_can_be_told_from_its_files(tmp_path: Path) -> None:
    names = [name for name, entry in CATALOGUE.items() if entry.shape.width <= 512]
    places = Places(tmp_path / "models", tmp_path / "hub")
    for name in names:
        make_folder(places.models_folder / name, CATALOGUE[name].shape)
    found: list[Model] = installed(places)
    assert [model.name for model in found] == names
