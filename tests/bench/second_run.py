"""What a run costs in which nothing has changed: ``python -m tests.bench.second_run [--clips 200] [--runs 11]``.

Makes that many clips (each a file of its own, the same sound in all), captions them once, then times the second run
against starting Python, and against a command line of the same library that does nothing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.paired import row, run_s
from tests.clips import make_clip, speech

EMPTY_COMMAND = """
import typer
def main(path: str) -> None: pass
typer.run(main)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temp:
        folder = Path(temp) / "clips"
        folder.mkdir()
        one = make_clip(Path(temp) / "one.mp4", speech("captain")).read_bytes()
        for number in range(options.clips):
            # Bytes after the last box are ignored by every reader, and make each file a file of its own.
            box = b"\x00\x00\x00\x10free" + number.to_bytes(8, "big")
            (folder / f"clip{number:04}.mp4").write_bytes(one + box)
        env = {"HOME": temp}
        clipforge = [sys.executable, "-m", "clipforge"]
        first_s = run_s([*clipforge, "caption", str(folder), "-q", "-m", "draft"], env, Path(temp))
        commands = {
            f"second run over {options.clips} clips": [*clipforge, "caption", str(folder), "-m", "draft"],
            "second run over 1 clip": [*clipforge, "caption", str(folder / "clip0000.mp4"), "-m", "draft"],
            "a Typer command that does nothing": [sys.executable, "-c", EMPTY_COMMAND, "x"],
            "python -c pass": [sys.executable, "-c", "pass"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for number in range(options.runs + 1):
            for name, command in commands.items():
                took = run_s(command, env, Path(temp))
                if number:  # the first round warms the file cache
                    times[name].append(took)
    base = times["python -c pass"]
    print(f"first run over {options.clips} clips: {first_s:.1f} s\n")
    print("| | median s | × starting Python |\n|---|---|---|")
    for name, seconds in times.items():
        print(row(name, seconds, base))


if __name__ == "__main__":
    main()
