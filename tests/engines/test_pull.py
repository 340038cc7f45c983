"""Getting a model: from a server on this machine, a folder, an archive; with all that can go wrong on the way."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clipforge.engines.models import Model, Order, Places, pull, remove, resolve
from clipforge.errors import BadModel, BadSetting, DownloadFailed, NeedsTrust, UnknownName
from tests.engines.hub import UNPINNED, Hub, running
from tests.engines.outline import MICRO

FILES = sorted(file.name for file in MICRO.iterdir() if file.suffix != ".md")
WEIGHTS = 2_518_051


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as server:
        yield server


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "models", tmp_path / "hub")


@pytest.fixture
def trusted(hub: Hub, places: Places) -> Places:
    """A place where the model was once, and what its files were is known: as good as pinned."""
    pull(Order(UNPINNED, trust=True, hub=hub.url), places, ignore)
    remove(UNPINNED, places)
    hub.sent.clear()
    hub.asked.clear()
    return places


def ignore(what: str, done_bytes: int, all_bytes: int) -> None:
    assert what in ("waiting", "downloading", "copying", "unpacking", "checking")
    assert done_bytes >= 0
    assert all_bytes == 0 or done_bytes <= all_bytes


def again(hub: Hub, places: Places) -> Model:
    return pull(Order(UNPINNED, hub=hub.url), places, ignore)


def left(places: Places) -> list[str]:
    """What a pull has left in the models folder, beside models and what was trusted."""
    return sorted(path.name for path in places.models_folder.iterdir() if path.name != ".trusted")


def test_on_trust_the_first_time_and_compared_ever_after(hub: Hub, places: Places) -> None:
    with pytest.raises(NeedsTrust) as caught:
        again(hub, places)
    assert caught.value.remedy == f"clipforge models pull {UNPINNED} --trust"
    assert hub.asked == []
    model = pull(Order(UNPINNED, trust=True, hub=hub.url), places, ignore)
    assert model == resolve(UNPINNED, places)
    assert model.path == places.models_folder / UNPINNED
    assert {file.name: file.read_bytes() for file in model.path.iterdir()} == hub.files
    assert left(places) == [UNPINNED]
    remove(UNPINNED, places)
    assert again(hub, places).path == model.path
    remove(UNPINNED, places)
    hub.files["config.json"] = hub.files["config.json"].replace(b"1", b"2")
    for trust in (False, True):
        with pytest.raises(DownloadFailed, match=r"config\.json has SHA-256 .* instead of "):
            pull(Order(UNPINNED, trust=trust, hub=hub.url), places, ignore)
    remove(UNPINNED, places, forgetting=True)
    assert pull(Order(UNPINNED, trust=True, hub=hub.url), places, ignore).path == model.path


def test_what_the_hub_itself_says_of_a_large_file_is_compared_even_on_trust(hub: Hub, places: Places) -> None:
    hub.listed_digests["model.bin"] = "0" * 64
    with pytest.raises(DownloadFailed, match=r"model\.bin has SHA-256 \w{64} instead of 0000"):
        pull(Order(UNPINNED, trust=True, hub=hub.url), places, ignore)


def test_pins_are_compared(hub: Hub, places: Places) -> None:
    """Files of the right size, all zeros: what a broken mirror sends."""
    from clipforge.engines.pins import PINS

    hub.files = {name: bytes(pin.size_bytes) for name, pin in PINS["tiny"].files.items()}
    with pytest.raises(DownloadFailed, match=r"model\.bin has SHA-256 \w{64} instead of dcb76c6586fc06cbdac6dd21f14"):
        pull(Order("tiny", hub=hub.url), places, ignore)
    assert "tiny" not in left(places)
    assert hub.sent_of("tree") == []  # all is known: nothing is asked of the hub but files


def test_a_wrong_digest_is_refused_and_fetched_anew(hub: Hub, trusted: Places) -> None:
    real = hub.files["model.bin"]
    hub.files["model.bin"] = bytes(len(real))
    with pytest.raises(DownloadFailed, match=r"model\.bin has SHA-256"):
        again(hub, trusted)
    hub.files["model.bin"] = real
    hub.sent.clear()
    assert again(hub, trusted).size_bytes == WEIGHTS
    assert hub.sent_of("model.bin") == [(0, WEIGHTS)]
    assert hub.sent_of("tokenizer.json") == []  # that one was right


def test_a_truncated_file_is_refused(hub: Hub, trusted: Places) -> None:
    hub.files["model.bin"] = hub.files["model.bin"][:1_000_000]
    with pytest.raises(DownloadFailed, match="the server has 1000000 bytes, and 2518051 are expected"):
        again(hub, trusted)
    assert UNPINNED not in left(trusted)


def test_a_drop_in_the_middle_costs_only_the_missing_bytes(hub: Hub, trusted: Places) -> None:
    hub.drops["model.bin"] = [1_000_000, 500_000]
    again(hub, trusted)
    parts = hub.sent_of("model.bin")
    assert [start for start, _ in parts] == [0, 1_000_000, 1_500_000]
    assert sum(count for _, count in parts) == WEIGHTS


def test_the_next_pull_goes_on_where_this_one_stopped(hub: Hub, trusted: Places) -> None:
    hub.drops["model.bin"] = [700_000, 0, 0, 0]
    with pytest.raises(DownloadFailed, match="closed"):
        again(hub, trusted)
    assert left(trusted) == [f".{UNPINNED}.partial"]
    hub.sent.clear()
    again(hub, trusted)
    assert hub.sent_of("model.bin") == [(700_000, WEIGHTS - 700_000)]
    assert hub.sent_of("config.json") == []
    assert left(trusted) == [UNPINNED]


def interrupt(what: str, done_bytes: int, all_bytes: int) -> None:
    """Ctrl-C once most is there."""
    if done_bytes > 2_000_000:
        raise KeyboardInterrupt


def test_a_server_that_knows_no_ranges_begins_anew(hub: Hub, trusted: Places) -> None:
    hub.knows_ranges = False
    hub.drops["model.bin"] = [1_000_000]
    assert again(hub, trusted).size_bytes == WEIGHTS
    assert [start for start, _ in hub.sent_of("model.bin")] == [0, 0]


def test_a_busy_server_is_asked_again(hub: Hub, trusted: Places) -> None:
    hub.busy["config.json"] = 1
    assert again(hub, trusted).size_bytes == WEIGHTS


def test_no_such_model_on_the_server(hub: Hub, trusted: Places) -> None:
    del hub.files["model.bin"]
    with pytest.raises(DownloadFailed, match="404"):
        again(hub, trusted)
    with pytest.raises(DownloadFailed, match="404"):
        pull(Order("large-v1", trust=True, hub=f"{hub.url}/elsewhere"), trusted, ignore)
    assert ".large-v1.partial" not in left(trusted)


def test_a_full_disk(hub: Hub, trusted: Places) -> None:
    """A limit on the size of files is what a test can set; the write fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_200_000, hard))
    try:
        with pytest.raises(DownloadFailed, match=f"cannot write in {trusted.models_folder}: File too large"):
            again(hub, trusted)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    hub.sent.clear()
    assert again(hub, trusted).size_bytes == WEIGHTS
    assert hub.sent_of("model.bin")[0][0] > 0


def test_a_disk_that_is_too_small_is_seen_before(hub: Hub, places: Places) -> None:
    hub.listed_sizes["model.bin"] = 2**60
    with pytest.raises(DownloadFailed, match=r"\d+ bytes are missing, and \d+ are free in "):
        pull(Order(UNPINNED, trust=True, hub=hub.url), places, ignore)
    assert hub.sent_of("model.bin") == []


def test_two_pulls_of_one_model_at_once(hub: Hub, trusted: Places) -> None:
    hub.drops["model.bin"] = [1_000_000]
    hub.go_on.clear()
    waits = threading.Event()
    models: list[Model] = []

    def told(what: str, done: int, total: int) -> None:
        if what == "waiting":
            waits.set()

    def one() -> None:
        models.append(pull(Order(UNPINNED, hub=hub.url), trusted, told))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert hub.standing.wait(60)
    assert waits.wait(60)
    hub.go_on.set()
    for thread in threads:
        thread.join()
    assert models[0] == models[1]
    assert sum(count for _, count in hub.sent_of("model.bin")) == WEIGHTS
    assert left(trusted) == [UNPINNED]


def test_what_is_here_is_not_fetched_again(places: Places) -> None:
    shutil.copytree(MICRO, places.models_folder / "tiny.en")
    assert pull(Order("tiny.en", hub="http://127.0.0.1:1"), places, ignore).name == "tiny.en"
    (places.models_folder / "tiny.en" / "model.bin").unlink()
    with pytest.raises(BadModel, match=r"model\.bin is missing"):
        pull(Order("tiny.en", hub="http://127.0.0.1:1"), places, ignore)


def test_what_other_programs_have_fetched_is_used_in_place(hub: Hub, trusted: Places) -> None:
    commit = "fe9b404fc56de3f7c38606ef9ba6fd83526d05e4"  # a program that asks for a commit leaves no ref
    snapshot = trusted.hub_folder / f"models--Systran--faster-distil-whisper-large-v2/snapshots/{commit}"
    shutil.copytree(MICRO, snapshot)
    assert again(hub, trusted).path == snapshot
    assert hub.asked == []
    (snapshot / "config.json").write_text("{ }")  # whole, but not what was trusted
    assert again(hub, trusted).path == trusted.models_folder / UNPINNED


def test_without_a_network_it_fails_and_leaves_nothing(places: Places, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DownloadFailed, match="refused") as caught:
        pull(Order("small", hub="http://127.0.0.1:1"), places, ignore)
    assert caught.value.remedy.endswith("clipforge models pull small --from FOLDER")
    assert list(places.models_folder.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DownloadFailed, match="cannot write"):
        pull(Order("tiny", hub="http://127.0.0.1:1"), Places(tmp_path / "models", tmp_path), ignore)


@pytest.mark.parametrize("name", ["tinny", "draft", "auto", "../tiny", ".hidden", "two words", "turbo/"])
def test_names_that_are_no_models(places: Places, name: str) -> None:
    with pytest.raises(UnknownName):
        pull(Order(name, str(MICRO) if name != "tinny" else "", trust=True), places, ignore)


@pytest.mark.parametrize("origin", ["ftp://example.org/model", "file:///etc", "nowhere/at/all", "C://x"])
def test_places_that_are_none(places: Places, origin: str) -> None:
    with pytest.raises(BadSetting, match="--from"):
        pull(Order("mine", origin, trust=True), places, ignore)
    assert not places.models_folder.exists()


# From elsewhere: closed networks.


def test_from_a_folder(places: Places, tmp_path: Path) -> None:
    model = pull(Order("mine", str(MICRO), trust=True), places, ignore)
    assert sorted(file.name for file in model.path.iterdir()) == FILES  # its README stays where it is
    record = json.loads((places.models_folder / ".trusted" / "mine.json").read_text())
    assert record["files"]["model.bin"]["sha256"] == hashlib.sha256((MICRO / "model.bin").read_bytes()).hexdigest()
    remove("mine", places)
    other = shutil.copytree(MICRO, tmp_path / "other")
    (other / "config.json").write_text("{ }")
    with pytest.raises(DownloadFailed, match=r"config\.json has 3 bytes"):
        pull(Order("mine", str(other)), places, ignore)


def test_from_a_folder_that_is_not_what_is_pinned(places: Places) -> None:
    with pytest.raises(DownloadFailed, match=r"config\.json has \d+ bytes instead of 2317; model\.bin has 2518051"):
        pull(Order("tiny.en", str(MICRO), trust=True), places, ignore)


def test_from_an_address_without_a_listing(hub: Hub, places: Places) -> None:
    hub.extra = {f"/mirror/whisper/{name}": data for name, data in hub.files.items()}
    with pytest.raises(KeyboardInterrupt):
        pull(Order("mine", f"{hub.url}/mirror/whisper", trust=True), places, interrupt)
    have = (places.models_folder / ".mine.partial" / "model.bin").stat().st_size
    hub.sent.clear()
    model = pull(Order("mine", f"{hub.url}/mirror/whisper", trust=True), places, ignore)
    assert {file.name: file.read_bytes() for file in model.path.iterdir()} == hub.files
    assert hub.sent_of("model.bin") == [(have, WEIGHTS - have)]
    assert hub.sent_of("config.json") == []  # 416: all of it was here


def test_another_address_begins_anew(hub: Hub, trusted: Places) -> None:
    hub.extra = {f"/mirror/{name}": data for name, data in hub.files.items()}
    with pytest.raises(KeyboardInterrupt):
        pull(Order(UNPINNED, hub=hub.url), trusted, interrupt)
    hub.sent.clear()
    pull(Order(UNPINNED, f"{hub.url}/mirror"), trusted, ignore)
    assert hub.sent_of("model.bin") == [(0, WEIGHTS)]


FAST = {"w": {}, "w:gz": {"compresslevel": 1}, "w:bz2": {"compresslevel": 1}, "w:xz": {"preset": 0}}


def tar_of(path: Path, top: str = "whisper", mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode, **FAST[mode]) as tar:  # type: ignore[call-overload]
        tar.add(MICRO, top)
    return path


def zip_of(path: Path, top: str = "whisper/") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for file in sorted(MICRO.iterdir()):
            packed.write(file, f"{top}{file.name}")
    return path


@pytest.mark.parametrize(
    ("name", "mode"), [("m.tar", "w"), ("m.tgz", "w:gz"), ("m.tar.bz2", "w:bz2"), ("m.txz", "w:xz")]
)
def test_from_a_tar(places: Places, tmp_path: Path, name: str, mode: str) -> None:
    model = pull(Order("mine", str(tar_of(tmp_path / name, mode=mode)), trust=True), places, ignore)
    assert sorted(file.name for file in model.path.iterdir()) == FILES


@pytest.mark.parametrize("top", ["", "a/b/"])
def test_from_a_zip(places: Places, tmp_path: Path, top: str) -> None:
    model = pull(Order("mine", str(zip_of(tmp_path / "m.zip", top)), trust=True), places, ignore)
    assert sorted(file.name for file in model.path.iterdir()) == FILES


def test_from_the_address_of_an_archive(hub: Hub, places: Places, tmp_path: Path) -> None:
    data = tar_of(tmp_path / "m.tar.gz").read_bytes()
    hub.extra["/usb/m.tar.gz"] = data
    hub.drops["m.tar.gz"] = [1_000_000]
    model = pull(Order("mine", f"{hub.url}/usb/m.tar.gz", trust=True), places, ignore)
    assert sorted(file.name for file in model.path.iterdir()) == FILES
    assert [start for start, _ in hub.sent_of("m.tar.gz")] == [0, 1_000_000]


def with_member(path: Path, info: tarfile.TarInfo, data: bytes = b"") -> Path:
    with tarfile.open(path, "w") as tar:
        tar.add(MICRO, "whisper")
        info.size = info.size or len(data)
        tar.addfile(info, io.BytesIO(data))
    return path


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    ("info", "says"),
    [
        (tarfile.TarInfo("../../outside"), "outside its folder"),
        (tarfile.TarInfo("whisper/../../model.bin"), "outside its folder"),
        (tarfile.TarInfo("/etc/absolute"), "outside its folder"),
        (tarfile.TarInfo("C:\\model.bin"), "outside its folder"),
        (link("whisper/vocabulary.txt", "/etc/passwd"), "holds a link"),
        (link("whisper/vocabulary.txt", "model.bin", tarfile.LNKTYPE), "holds a link"),
        (link("whisper/fifo", "", tarfile.FIFOTYPE), "no file"),
        (tarfile.TarInfo("other/model.bin"), "two models"),
        (tarfile.TarInfo("whisper/model.bin"), "twice"),
    ],
)
def test_archives_that_are_refused(places: Places, tmp_path: Path, info: tarfile.TarInfo, says: str) -> None:
    archive = with_member(tmp_path / "bad.tar", info, b"x" if info.isreg() else b"")
    with pytest.raises(DownloadFailed, match=says):
        pull(Order("mine", str(archive), trust=True), places, ignore)
    assert left(places) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.tar", "models"]


def test_zip_archives_that_are_refused(places: Places, tmp_path: Path) -> None:
    for name, mode in (("../model.bin", 0), ("/model.bin", 0), ("a\\..\\model.bin", 0), ("model.bin", 0o120777)):
        info = zipfile.ZipInfo("x")
        info.filename, info.external_attr = name, mode << 16
        with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
            packed.writestr(info, b"/etc/passwd")
        with pytest.raises(DownloadFailed, match=r"outside its folder|a link"):
            pull(Order("mine", str(tmp_path / "bad.zip"), trust=True), places, ignore)


def test_bombs(places: Places, tmp_path: Path) -> None:
    """Archives that declare more than any model has, or would make a reader take more memory than there is."""
    huge = tarfile.TarInfo("whisper/filler")
    huge.size = 2**40
    (tmp_path / "huge.tar").write_bytes(huge.tobuf(tarfile.GNU_FORMAT))
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, 2**33
    (tmp_path / "header.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    with tarfile.open(tmp_path / "many.tar.gz", "w:gz") as tar:
        for i in range(1100):
            tar.addfile(tarfile.TarInfo(f"whisper/{i}"))
    with zipfile.ZipFile(tmp_path / "huge.zip", "w") as packed:
        packed.writestr("model.bin", b"0" * 1000)
        packed.infolist()[0].file_size = 2**40
        packed.infolist()[0].compress_size = 1000
    for name in ("huge.tar", "header.tar", "many.tar.gz", "huge.zip"):
        with pytest.raises(DownloadFailed, match=r"more than|no header|damaged"):
            pull(Order("mine", str(tmp_path / name), trust=True), places, ignore)
    assert left(places) == []


def test_archives_that_are_none(places: Places, tmp_path: Path) -> None:
    (tmp_path / "text.tar").write_text("Dear diary, " * 400)
    whole = tar_of(tmp_path / "whole.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.zip").write_bytes(zip_of(tmp_path / "whole.zip").read_bytes()[:1_000_000])
    (tmp_path / "empty.tar").touch()
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(Path(__file__), "readme")
    for name in ("text.tar", "cut.tar.gz", "cut.zip", "empty.tar", "other.tar"):
        with pytest.raises(DownloadFailed, match=r"damaged|holds none of"):
            pull(Order("mine", str(tmp_path / name), trust=True), places, ignore)
    assert left(places) == []
