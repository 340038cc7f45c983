"""Everything that can be decided or refused before any work starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clipforge.captions import profiles
from clipforge.engines import devices
from clipforge.engines.base import Placement, Recipe
from clipforge.engines.catalogue import AUTO, DRAFT
from clipforge.engines.devices import ON_CPU, Device
from clipforge.engines.folders import Model, Places, installed, resolve
from clipforge.engines.plan import Room, choose_auto, cost_bytes, plan_placement, smaller_that_fits
from clipforge.engines.prompts import tokens_cut
from clipforge.engines.recipes import Asked, asked_language, recipe_for
from clipforge.errors import BudgetTooSmall, FolderNotWritable, NothingFound, ToolMissing, gib
from clipforge.events import Notice
from clipforge.formats import Format
from clipforge.formats import get as format_named
from clipforge.media.find import FoundClip, find_clips
from clipforge.pipeline.charges import LISTEN_COST_BYTES, OWN_COST_BYTES, Charges
from clipforge.pipeline.examine import unwritable
from clipforge.pipeline.made import Made, made_with
from clipforge.pipeline.names import check_template, refuse_clashes
from clipforge.pipeline.request import Machine, Request
from clipforge.pipeline.stores import Stores
from clipforge.pool import memory
from clipforge.pool.memory import Budget
from clipforge.settings import Settings
from clipforge.store.ledger import Ledger

SUGGESTED = "small"
"""The model to name where there is none: the smallest whose text needs little correction."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which model does the work, and how much of the machine it may take."""

    model: Model
    recipe: Recipe
    """Its language is the one asked for; None where it is to be detected."""
    placement: Placement
    workers: int
    """Processes that may be busy at once."""
    model_workers: int
    """How many of them may hold the model."""
    charges: Charges
    """What workers are charged."""
    budget: Budget


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that may start."""

    request: Request
    clips: tuple[FoundClip, ...]
    formats: tuple[Format, ...]
    plan: Plan
    made: Made
    """What the run's outputs are made with, as the ledger keeps it."""
    notices: tuple[Notice, ...]

    @property
    def settings(self) -> Settings:
        return self.request.settings


def prepare(request: Request, stores: Stores) -> Prepared:
    """Raises one of `UsageError` or `MissingError`; after it, only clips can fail."""
    settings, machine = request.settings, request.machine
    formats = tuple(format_named(name) for name in settings.format)
    check_template(settings.name_template)
    profile = profiles.choose(settings.profile, 16, 9, request.profiles)
    clips = _find(request, stores.ledger)
    refuse_clashes(clips, settings, [f.suffix for f in formats])
    if settings.output_dir is not None:
        why = unwritable(settings.output_dir)
        if why is not None:
            raise FolderNotWritable(settings.output_dir, why)
    budget = memory_budget(settings, machine)
    model = _choose_model(settings, machine, budget)
    device = _choose_device(settings, machine, model)
    recipe = recipe_for(model, asked(settings, device), stores.digest)
    workers = min(machine.cores, settings.jobs or machine.cores)
    charges = Charges(stores.costs, budget.bytes - OWN_COST_BYTES)
    cost = charges.of_batches(model, recipe, device.name)
    # Where there is room, a clip is heard while others are transcribed; else they take turns.
    left_bytes = max(charges.budget_bytes - charges.of_listening(), min(cost(1), charges.budget_bytes))
    model_workers, placement = plan_placement(model, Room(machine.cores, left_bytes, workers, device.name), cost)
    plan = Plan(model, recipe, placement, workers, model_workers, charges, budget)
    made = made_with(settings, recipe, profile if settings.profile in request.profiles else None)
    notices = _notices(request, plan, device)
    if settings.shots and settings.profile is not None and not profile.shot_zone_ms:
        text = f"profile {profile.name} has no rule for shot changes: --shots changes nothing"
        notices.append(Notice("warning", text))
    return Prepared(request, clips, formats, plan, made, tuple(notices))


def memory_budget(settings: Settings, machine: Machine) -> Budget:
    """What all processes together may use. Raises `BadSetting`."""
    total_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit = memory.find_limit(machine.limits_root, total_bytes, machine.environ)
    return memory.budget(limit, settings.max_memory)


def _find(request: Request, ledger: Ledger) -> tuple[FoundClip, ...]:
    is_ours: Callable[[Path], bool] = ledger.is_ours
    clips = find_clips(request.paths, recursive=request.settings.recursive, skip=is_ours)
    if not clips:
        where = ", ".join(str(path) for path in request.paths)
        raise NothingFound(where or "an empty list of paths")
    return tuple(clips)


def places(machine: Machine) -> Places:
    return Places(machine.models_folder, machine.hub_folder)


def _choose_model(settings: Settings, machine: Machine, budget: Budget) -> Model:
    if settings.model == AUTO:
        language = asked_language(settings.language)
        room_bytes = budget.bytes - OWN_COST_BYTES
        model = choose_auto(places(machine), room_bytes, machine.cores, language=language, task=settings.task)
        if model.name == DRAFT and (language not in (None, "en") or settings.task == "translate"):
            what = f"language {language}" if language not in (None, "en") else "translation"
            raise ToolMissing(what, "needs a Whisper model", f"clipforge models pull {SUGGESTED}")
    else:
        model = resolve(settings.model, places(machine))
    needed = OWN_COST_BYTES + max(cost_bytes(model, 1), LISTEN_COST_BYTES)
    if needed > budget.bytes:
        fits = smaller_that_fits(places(machine), budget.bytes - OWN_COST_BYTES) or ("no model",)
        raise BudgetTooSmall(model.name, needed, budget.bytes, budget.source, fits)
    return model


def _choose_device(settings: Settings, machine: Machine, model: Model) -> Device:
    """Where the model runs; draft knows the CPU only."""
    if model.name == DRAFT:
        return ON_CPU
    return devices.choose(settings.device, settings.compute_type, machine.environ, machine.limits_root)


def asked(settings: Settings, device: Device) -> Asked:
    return Asked(
        language=settings.language,
        task=settings.task,
        compute_type=settings.compute_type,
        beam_size=settings.beam_size,
        prompt=settings.prompt,
        hotwords=settings.hotwords,
        multilingual=settings.multilingual,
        device=device,
    )


def _notices(request: Request, plan: Plan, device: Device) -> list[Notice]:
    model, placement, budget = plan.model, plan.placement, plan.budget
    told = []
    if request.settings.model == AUTO and model.name == DRAFT:
        found = installed(places(request.machine))
        why = "No Whisper model here fits and keeps up" if found else "No Whisper model"
        told.append(Notice("warning", f"{why}: using draft, rough English", f"clipforge models pull {SUGGESTED}"))
    if device.why:
        level = "warning" if device.unexpected else "info"
        remedy = "--device cpu says nothing of it" if device.unexpected else ""
        told.append(Notice(level, f"working on the {'GPU' if device.name == 'cuda' else 'CPU'}: {device.why}", remedy))
    cut = 0 if model.name == DRAFT else tokens_cut(model.path, plan.recipe.prompt, plan.recipe.hotwords)
    if cut:
        what = f"prompt and hotwords are {cut} tokens longer than {model.name} takes"
        told.append(Notice("warning", f"{what}: the prompt's beginning is left out, then the hotwords' end"))
    told.append(
        Notice(
            "info",
            f"{model.name}: {_count(plan.model_workers, 'worker')} × {_count(placement.threads, 'thread')}, "
            f"batch {placement.batch_size}: {_of(plan.model_workers * placement.cost_bytes, budget.bytes)} "
            f"({budget.source})",
        )
    )
    return told


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _of(part_bytes: int, whole_bytes: int) -> str:
    """``1.4 of 6.1 GiB``."""
    part, whole = gib(part_bytes), gib(whole_bytes)
    return f"{part.split()[0]} of {whole}" if part.split()[1] == whole.split()[1] else f"{part} of {whole}"
