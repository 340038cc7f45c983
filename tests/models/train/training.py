"""The two phases of the training, by steps, with checkpoints from which a stopped run goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from tests.models.train.model import FRAMES, FRAMES_PER_S, Features, MicroWhisper, point_forward
from tests.models.train.muon import Muon
from tests.models.train.synthesize import Units
from tests.models.train.vocabulary import END, FIRST_WORD, WORDS
from tests.models.train.windows import Mixer

if TYPE_CHECKING:
    from torch import Tensor

MATRIX_RATE, OTHER_RATE = 0.015, 1.5e-3
"""Learning rates: of the weight matrices inside the layers (Muon), and of all else (AdamW)."""
WEIGHT_DECAY = 0.01
WARM_UP_STEPS = 100
REPORT_STEPS, SAVE_STEPS = 50, 250
SILENCE_WEIGHT = 0.2
"""Of a frame without a word in the frame loss; there are many."""


@dataclass(frozen=True)
class Phase:
    steps: int
    mix: tuple[tuple[int, int, float, float], ...]
    """Window seconds, windows in a batch, and their share of the steps at the phase's start and end."""
    look_weight: float
    """Of the loss that makes the last decoder layer's head 0 look at the word to be said: the alignment head."""
    read_weight: float
    """Of the loss that makes the first decoder layer's head 0 look at the word just said."""
    points_forward: bool = False
    """`point_forward` is laid over the weights at the phase's start."""


PHASES = (
    Phase(800, ((4, 24, 0.82, 0.20), (12, 8, 0.10, 0.20), (30, 4, 0.08, 0.60)), 0.3, 0.15),
    Phase(2000, ((4, 24, 0.60, 0.20), (12, 8, 0.25, 0.20), (30, 4, 0.15, 0.60)), 0.6, 0.4, points_forward=True),
)


@dataclass(frozen=True)
class Batch:
    mel: Tensor
    tokens: Tensor
    targets: Tensor
    looks: Tensor
    """(batch, tokens, frames): evenly over the frames of the word that is said there; sums to 1, or to 0."""
    frame_words: Tensor
    """(batch, frames): 0 without a word, otherwise its id + 1."""
    first_frame: int

    def on(self, device: torch.device) -> Batch:
        moved = {name: value.to(device) for name, value in vars(self).items() if name != "first_frame"}
        return Batch(**moved, first_frame=self.first_frame)


def train(folder: Path, seed: int = 7) -> Path:
    """Trains from nothing, or goes on from the folder's checkpoint; returns the file with the trained weights."""
    torch.set_num_threads(2)
    torch.manual_seed(seed)
    run = Run(Units(folder / "units"), folder / "checkpoint.pt", seed)
    while not run.done:
        run.step()
    torch.save(run.model.state_dict(), folder / "weights.pt")
    return folder / "weights.pt"


class Run:
    """Model, optimiser, data and progress: all that a checkpoint holds."""

    def __init__(self, units: Units, checkpoint: Path, seed: int) -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = MicroWhisper().to(self._device)
        self.phase, self.at, self._cpu_s = 0, 0, 0.0
        self._mixer, self._features, self._checkpoint = Mixer(units, seed), Features(), checkpoint
        self._optimizers = self._new_optimizers()
        self._averages: dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
        self._frame_weights = torch.full((len(WORDS) + 1,), 1.0, device=self._device)
        self._frame_weights[0] = SILENCE_WEIGHT
        if checkpoint.exists():
            self._load()
        self._cpu_s -= time.process_time()

    @property
    def done(self) -> bool:
        return self.phase == len(PHASES)

    def step(self) -> None:
        phase = PHASES[self.phase]
        passed = self.at / phase.steps
        shares = [start + (end - start) * passed for _, _, start, end in phase.mix]
        seconds, windows, _, _ = self._mixer.draw.choices(phase.mix, shares)[0]
        share = min(1, (self.at + 1) / WARM_UP_STEPS) * min(1, 0.01 + (1 - passed) / 0.55)
        for optimizer, rate in zip(self._optimizers, (MATRIX_RATE, OTHER_RATE), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = rate * share
        losses = self._learn(make_batch(self._mixer, self._features, seconds, windows).on(self._device), phase)
        held = self._averages.get(seconds, losses)
        self._averages[seconds] = held * 0.95 + losses * 0.05
        self.at += 1
        if self.at % REPORT_STEPS == 0:
            self._report()
        if self.at == phase.steps:
            self._next_phase()
        if self.at % SAVE_STEPS == 0:
            self._save()

    def _learn(self, batch: Batch, phase: Phase) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """One step. Returns token loss, frame loss, look loss, read loss and the share of words predicted."""
        logits, frame_logits, weights = self.model(batch.mel, batch.tokens, batch.first_frame)
        token_loss = functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=-100)
        frame_loss = functional.cross_entropy(
            frame_logits.flatten(0, 1), batch.frame_words.flatten(), weight=self._frame_weights
        )
        says = batch.looks.sum(-1) > 0
        reads = says[:, 1:] & says[:, :-1]
        look_loss = -(batch.looks * weights[-1]).sum() / says.sum().clamp(min=1)
        read_loss = -((batch.looks[:, :-1] * weights[0][:, 1:]).sum(-1) * reads).sum() / reads.sum().clamp(min=1)
        loss = token_loss + frame_loss + phase.look_weight * look_loss + phase.read_weight * read_loss
        self.model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self._optimizers:
            optimizer.step()
        is_word = (batch.targets >= FIRST_WORD) & (batch.targets < END)
        right = (logits.argmax(-1) == batch.targets)[is_word].float().mean()
        values = torch.stack([token_loss, frame_loss, look_loss, read_loss, right]).detach()
        return np.nan_to_num(np.asarray(values.cpu(), np.float64))

    def _next_phase(self) -> None:
        self.phase, self.at = self.phase + 1, 0
        self._averages = {}
        if not self.done and PHASES[self.phase].points_forward:
            point_forward(self.model)
        self._optimizers = self._new_optimizers()

    def _new_optimizers(self) -> tuple[torch.optim.Optimizer, torch.optim.Optimizer]:
        in_layers = [p for p in (*self.model.encoder.parameters(), *self.model.decoder.parameters()) if p.ndim == 2]
        matrices = set(in_layers)
        others = [p for p in self.model.parameters() if p not in matrices]
        return (
            Muon(in_layers, lr=MATRIX_RATE, weight_decay=WEIGHT_DECAY),
            torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY),
        )

    def _report(self) -> None:
        rows = (f"{s} s: " + " ".join(f"{value:.3f}" for value in self._averages[s]) for s in sorted(self._averages))
        cpu_s = self._cpu_s + time.process_time()
        print(
            f"phase {self.phase + 1} step {self.at} CPU {cpu_s:.0f} s [token frame look read right]", *rows, flush=True
        )

    def _save(self) -> None:
        state: dict[str, Any] = {
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
            "progress": (self.phase, self.at, self._cpu_s + time.process_time()),
            "draw": self._mixer.draw.getstate(),
            "numbers": self._mixer.numbers.bit_generator.state,
            "averages": {seconds: list(values) for seconds, values in self._averages.items()},
        }
        fresh = self._checkpoint.with_suffix(".new")
        torch.save(state, fresh)
        fresh.replace(self._checkpoint)

    def _load(self) -> None:
        state = torch.load(self._checkpoint, map_location=self._device, weights_only=False)
        self.model.load_state_dict(state["model"])
        for optimizer, held in zip(self._optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(held)
        self.phase, self.at, self._cpu_s = state["progress"]
        self._mixer.draw.setstate(state["draw"])
        self._mixer.numbers.bit_generator.state = state["numbers"]
        self._averages = {seconds: np.array(values) for seconds, values in state["averages"].items()}


def make_batch(mixer: Mixer, features: Features, seconds: int, windows: int) -> Batch:
    """Windows of up to so many seconds. The shorter kinds are said to lie anywhere within Whisper's 30 s."""
    draw, frames, whole = mixer.draw, seconds * FRAMES_PER_S, seconds * FRAMES_PER_S == FRAMES
    first_frame = 0 if whole else draw.randrange(FRAMES - frames + 1)
    sounds, scripts = [], []
    frame_words = torch.zeros(windows, frames, dtype=torch.long)
    for i in range(windows):
        length_s = _length_s(mixer, seconds)
        fill_s = length_s if draw.random() < 0.8 else draw.uniform(0.5, length_s)
        if draw.random() < 0.6:
            fill_s = min(fill_s, length_s - 0.2)
        window = mixer.window(length_s, fill_s)
        for word in window.words:
            frame_words[i, int(word.start_s * FRAMES_PER_S) : int(word.end_s * FRAMES_PER_S)] = word.word + 1
        sounds.append(window.samples)
        scripts.append(mixer.script(window, first_frame / FRAMES_PER_S, whole))
    longest = max(len(script.inputs) for script in scripts)
    tokens = torch.full((windows, longest), END)
    targets = torch.full((windows, longest), -100)
    looks = torch.zeros(windows, longest, frames)
    for i, script in enumerate(scripts):
        tokens[i, : len(script.inputs)] = torch.tensor(script.inputs)
        targets[i, : len(script.targets)] = torch.tensor(script.targets)
        for at, start_s, end_s in script.looks:
            start = int(start_s * FRAMES_PER_S)
            end = min(frames, max(int(end_s * FRAMES_PER_S), start + 1))
            if start < end:
                looks[i, at, start:end] = 1 / (end - start)
    return Batch(features(sounds, seconds * 100), tokens, targets, looks, frame_words, first_frame)


def _length_s(mixer: Mixer, seconds: int) -> float:
    """How much of a window is sound: all of it in every other window, as where speech is packed."""
    draw = mixer.draw
    if draw.random() < 0.5:
        return seconds
    return draw.uniform(1, seconds if draw.random() < 0.5 else min(seconds, 12))
