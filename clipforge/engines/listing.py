"""What there is to choose from, with what each model costs on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clipforge.engines.catalogue import CATALOGUE, DRAFT
from clipforge.engines.folders import Model, Places, draft_model, resolve
from clipforge.engines.languages import LANGUAGES
from clipforge.engines.plan import WINDOW_S, Room, cost_bytes, plan_placement, seconds_per_window
from clipforge.engines.trust import known
from clipforge.engines.upkeep import is_in_hub_cache, names_here
from clipforge.errors import BadModel, BudgetTooSmall, ModelMissing

COMES_ALONG, OWN, HUB_CACHE, NOWHERE = "comes along", "models folder", "hugging face cache", ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One model, as ``clipforge models list`` shows it."""

    name: str
    size_bytes: int
    """Of the download; of ``model.bin`` for one that is in no catalogue."""
    languages: int
    """How many it knows."""
    translates: bool
    memory_bytes: int
    """Peak of a worker process that takes one window at a time, as int8 on a CPU."""
    speed: float | None
    """Seconds of dense speech that this machine transcribes in a second, with all its cores and the memory it may use;
    None where not even one worker fits. An estimate."""
    where: str
    """`COMES_ALONG`, `OWN`, `HUB_CACHE` or `NOWHERE`."""
    path: str
    """Its folder, where it is here."""
    checked_by: str
    """What its files can be compared with: ``pinned``, ``trusted``, or nothing."""
    trouble: str = ""
    """Why the one that is here cannot be used."""


def listed(places: Places, budget_bytes: int, cores: int) -> list[Listed]:
    """draft, the catalogue from worst to best, and whatever else is in the models folder."""
    names = dict.fromkeys((DRAFT, *CATALOGUE, *names_here(places)))
    return [_listed(name, places, budget_bytes, cores) for name in names]


def _listed(name: str, places: Places, budget_bytes: int, cores: int) -> Listed:
    trouble, where = "", NOWHERE
    try:
        model = draft_model() if name == DRAFT else resolve(name, places)
        where = COMES_ALONG if name == DRAFT else HUB_CACHE if is_in_hub_cache(model, places) else OWN
    except ModelMissing as error:
        model, trouble = _expected(name), error.why
    except BadModel as error:
        model, trouble, where = _expected(name), error.why, OWN
    entry = CATALOGUE.get(name)
    return Listed(
        name=name,
        size_bytes=entry.download_bytes if entry else model.size_bytes,
        languages=1 if model.english_only else len(LANGUAGES) - (not model.cantonese),
        translates=model.translates,
        memory_bytes=cost_bytes(model, 1) if model.size_bytes else 0,
        speed=_speed(model, budget_bytes, cores) if model.size_bytes else None,
        where=where,
        path="" if where == NOWHERE else str(model.path),
        checked_by="" if name == DRAFT else known(name, places.models_folder).by,
        trouble=trouble,
    )


def _expected(name: str) -> Model:
    """A model that cannot be read, as the catalogue describes it; one of size 0 where it does not."""
    entry = CATALOGUE.get(name)
    if entry is None:
        draft = draft_model()
        return Model(
            name, Path(name), "whisper", 0, english_only=True, translates=False, cantonese=False, cost=draft.cost
        )
    return Model(
        name=name,
        path=Path(name),
        engine="whisper",
        size_bytes=2 * entry.parameters,
        english_only=entry.english_only,
        translates=entry.translates,
        cantonese=entry.cantonese,
        cost=entry.cost,
    )


def _speed(model: Model, budget_bytes: int, cores: int) -> float | None:
    try:
        workers, placement = plan_placement(model, Room(cores, budget_bytes))
    except BudgetTooSmall:
        return None
    return round(workers * WINDOW_S / seconds_per_window(model, placement), 2)
