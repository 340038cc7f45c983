"""The commands that make and examine the micro Whisper; see the package's docstring."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

COMMITTED = Path(__file__).parent.parent / "micro-whisper"
RECORDINGS = Path(__file__).parent.parent / "recordings"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.models.train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in (
        ("synthesize", "speak the training utterances"),
        ("train", "train, or go on from the last checkpoint"),
        ("export", "write the trained model as a CTranslate2 folder, FOLDER/model"),
    ):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("folder", type=Path, metavar="FOLDER", help="where units, checkpoint and weights are")
    command = commands.add_parser("evaluate", help="word error by voice, word times, silence and noise")
    command.add_argument("model", type=Path, metavar="MODEL", nargs="?", default=COMMITTED)
    command.add_argument("--clips", type=int, default=10, help="of each kind and voice")
    commands.add_parser("record", help="write the recordings that the tests hear")
    given = parser.parse_args()
    began, began_cpu = time.monotonic(), time.process_time()
    match given.command:
        case "synthesize":
            from tests.models.train.synthesize import synthesize

            synthesize(given.folder / "units")
        case "train":
            from tests.models.train.training import train

            train(given.folder)
        case "export":
            from tests.models.train.export import export

            export(given.folder / "weights.pt", given.folder / "model")
        case "evaluate":
            from tests.models.train.evaluate import evaluate

            evaluate(given.model, given.clips)
        case "record":
            from tests.models.train.evaluate import record

            record(RECORDINGS)
    took_s, cpu_s = time.monotonic() - began, time.process_time() - began_cpu
    print(f"{given.command}: {took_s:.0f} s, of which this process computed {cpu_s:.0f} s")


if __name__ == "__main__":
    main()
