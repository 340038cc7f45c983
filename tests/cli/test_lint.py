"""`clipforge lint` as users meet it."""

from __future__ import annotations

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.clips import make_clip, speech

EXAMPLES = Path(__file__).parents[2] / "examples"
GOOD = "1\n00:00:01,000 --> 00:00:04,000\nThe harbour wakes up before the sun does.\n\n"
OVERLAP = GOOD + "2\n00:00:03,900 --> 00:00:06,000\nThe boats come back.\n\n"
FAST = "1\n00:00:01,000 --> 00:00:02,600\nThe harbour wakes up before the sun does.\n\n"
TASTE = "1\n00:00:01,000 --> 00:00:04,000\nIt fits,\nit does.\n\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "sub/over": OVERLAP, "fast": FAST, "taste": TASTE}.items():
        path = tmp_path / f"{name}.en.srt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (tmp_path / "notes.txt").write_text("no captions")
    return tmp_path


def test_findings_are_printed_as_compilers_do(cli: Run, files: Path) -> None:
    done = cli("lint", ".")
    assert done.code == 1
    assert done.out.splitlines()[:3] == [
        "fast.en.srt:2: CF005 reading speed 25.6 > 20 CPS (netflix-en)",
        "taste.en.srt:2: CF004 fits on one line: lines 2 > 1 (netflix-en)",
        "sub/over.en.srt:6: CF002 overlaps the cue before it by 100 > 0 ms (netflix-en)",
    ]
    table = [line.split() for line in done.out.splitlines()]
    assert ["CF005", "reading", "speed", "1", "1"] in table
    assert done.out.splitlines()[-1].startswith("3 findings, 2 errors among them, in 3 of 4 files.")
    assert done.err == ""


def test_warnings_alone_are_no_failure(cli: Run, files: Path) -> None:
    assert cli("lint", "taste.en.srt").code == 0
    assert cli("lint", "good.en.srt").out == "No findings in 1 file.\n"


def test_an_unknown_frame_rate_is_said(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text(OVERLAP.replace("03,900", "04,010"))
    assert "24 fps assumed" in cli("lint", "a.srt").out
    make_clip(tmp_path / "a.mp4", speech("captain"), seconds=5)
    found = cli("lint", "a.srt").out
    assert "CF007 gap before it 10 < 80 ms (netflix-en)\n" in found
    assert "CF002 goes on after the clip ends 6000 > " in found
    (tmp_path / "a.mp4").rename(tmp_path / "b.mp4")
    assert cli("lint", "a.srt", "--media", "b.mp4").out == found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no caption files"),
        (["notes"], "notes"),
        (["good.en.srt", "--select", "XF1"], 'no finding named "XF1"'),
        (["good.en.srt", "--format", "yaml"], "expected text or json or sarif or junit or github"),
        (["good.en.srt", "--profile", "netflix"], "Did you mean netflix-en?"),
        (["good.en.srt", "--diff", "--format", "json"], "--format text"),
        (["good.en.srt", "--language", "klingonish"], 'no language named "klingonish"'),
    ],
)
def test_wrong_usage(cli: Run, files: Path, arguments: list[str], message: str) -> None:
    (files / "notes").mkdir()
    done = cli("lint", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_file_that_cannot_be_read_stops_no_other(cli: Run, files: Path) -> None:
    (files / "good.en.srt").write_bytes(b"\xff\xfe\0")
    done = cli("lint", "missing.srt", "good.en.srt", "fast.en.srt")
    assert done.code == 1
    assert done.out.startswith("missing.srt:1:1: CF001 No such file or directory\ngood.en.srt:1:1: CF001 ")
    assert "fast.en.srt:2: CF005" in done.out


def test_findings_are_selected_and_ignored_by_prefix(cli: Run, files: Path) -> None:
    assert [line[:15] for line in cli("lint", ".", "-q", "--select", "CF002,CF004").out.splitlines()] == [
        "taste.en.srt:2:",
        "sub/over.en.srt",
    ]
    assert cli("lint", ".", "--ignore", "CF00").out == "No findings in 4 files.\n"
    assert cli("lint", "fast.en.srt", "--max-cps", "50").code == 0
    assert "line length 41 > 20 CPL" in cli("lint", "good.en.srt", "--max-line-length", "20").out


def test_a_diff_is_shown_and_nothing_changed(cli: Run, files: Path) -> None:
    over = files / "sub" / "over.en.srt"
    done = cli("lint", "sub", "--diff", "--fix")
    assert done.code == 1
    assert done.out.splitlines() == [
        "--- sub/over.en.srt",
        "+++ sub/over.en.srt",
        "@@ -1,5 +1,5 @@",
        " 1",
        "-00:00:01,000 --> 00:00:04,000",
        "+00:00:01,000 --> 00:00:03,816",
        " The harbour wakes up before the sun does.",
        " ",
        " 2",
    ]
    assert done.err == "Would repair 1 finding in 1 of 1 file.\n"
    assert over.read_text() == OVERLAP
    patch = subprocess.run(["git", "apply", "-p0", "-"], input=done.out, text=True, cwd=files, check=False)
    assert patch.returncode == 0
    assert "03,816" in over.read_text()


def test_what_can_be_repaired_is(cli: Run, files: Path) -> None:
    done = cli("lint", ".", "--fix")
    assert done.out.endswith("Repaired 3 findings in 3 files. No findings in 4 files.\n")
    assert done.code == 0
    assert (files / "good.en.srt").read_text() == GOOD
    assert (files / "taste.en.srt").read_text() == TASTE.replace("It fits,\n", "It fits, ")
    assert cli("lint", ".", "--fix").out == "No findings in 4 files.\n"


def test_as_json(cli: Run, files: Path) -> None:
    data = json.loads(cli("lint", ".", "--format", "json").out)
    assert (data["schema"], data["files"], data["errors"], data["warnings"]) == (1, 4, 2, 1)
    first = data["findings"][0]
    assert (first["file"], first["line"], first["id"], first["cue"]) == ("fast.en.srt", 2, "CF005", 1)
    assert (first["measured"], first["limit"], first["unit"]) == (25.6, 20, "CPS")
    assert (first["level"], first["profile"], first["repairable"]) == ("error", "netflix-en", True)
    assert first["source"].startswith("Netflix")


def test_as_sarif(cli: Run, files: Path) -> None:
    """What the published schema requires of each object, and the values that it allows."""
    (files / "a b,é:%.srt").write_text(OVERLAP)
    log = json.loads(cli("lint", ".", "--format", "sarif").out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "ClipForge"
    rules = [rule["id"] for rule in driver["rules"]]
    assert len(set(rules)) == len(rules) == 12
    assert len(run["results"]) == 4
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert not set(place["artifactLocation"]["uri"]) & set(" ,é:")
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert "a%20b%2C%C3%A9%3A%25.srt" in uris


def test_as_junit(cli: Run, files: Path) -> None:
    (files / "x\x01&<.srt").write_text(OVERLAP)
    root = ET.fromstring(cli("lint", ".", "--format", "junit").out)  # noqa: S314  # ours
    assert root.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"fast.en.srt", "good.en.srt", "taste.en.srt", "x\\x01&<.srt", "sub/over.en.srt"}
    assert [len(root.findall(f"./testsuite/testcase/{kind}")) for kind in ("failure", "system-out")] == [3, 1]
    for suite in root:
        assert suite.get("tests") == str(len(suite.findall("testcase")))
        assert suite.get("failures") == str(len(suite.findall("testcase/failure")))
        assert all(case.get("name") and case.get("classname") for case in suite)
    assert (root.get("tests"), root.get("failures")) == ("5", "3")


def test_as_github_commands(cli: Run, files: Path) -> None:
    (files / "50%: a,b.srt").write_text(
        TASTE.replace("It fits,\nit does.", "They argue over the\n50% that came in at six today.")
    )
    lines = cli("lint", ".", "--format", "github").out.splitlines()
    assert "::error file=fast.en.srt,line=2,title=CF005::CF005 reading speed 25.6 > 20 CPS (netflix-en)" in lines
    (found,) = [line for line in lines if "CF009" in line]
    assert found.startswith("::warning file=50%25%3A a%2Cb.srt,line=2,title=CF009::CF009 ")
    assert found.endswith("the | 50%25 (netflix-en)")


@pytest.mark.parametrize(
    ("kind", "lines"), [("srt", ()), ("vtt", ("--max-line-length", "20", "--max-lines", "1", "--max-cps", "9"))]
)
def test_caption_and_lint_agree_about_what_was_written(
    cli: Run, tmp_path: Path, kind: str, lines: tuple[str, ...]
) -> None:
    """Sync with the words and invented text are for those who know the words: the file does not hold them."""
    shutil.copy(EXAMPLES / "harbour-tour.mp4", tmp_path)
    make_clip(tmp_path / "storm.mp4", speech("storm"))
    make_clip(tmp_path / "pause.mp4", speech("pause"), size=(90, 160))
    done = cli("caption", ".", "-f", kind, "--json", "-l", "en", *lines)
    said = {
        Path(event["clip"]).stem: [f.split()[:2] for f in event["findings"] if f.split()[1] not in ("CF008", "CF011")]
        for event in done.of("clip_finished")
    }
    assert len(said) == 3
    found: dict[str, list[list[str]]] = {stem: [] for stem in said}
    for each in json.loads(cli("lint", ".", "--format", "json", "-l", "en", *lines).out)["findings"]:
        found[Path(each["file"]).stem].append([str(each["cue"]), each["id"]])
    assert {stem: sorted(rows) for stem, rows in found.items()} == {stem: sorted(rows) for stem, rows in said.items()}
    assert bool(lines) == any(said.values())
