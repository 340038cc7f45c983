"""The models on this machine: what there is to choose from, what each costs, how to get one. Imports no heavy library.

The face of `catalogue`, `folders`, `cost`, `plan`, `recipes` and `pull`.
"""

from __future__ import annotations

from clipforge.engines.catalogue import ALIASES, AUTO, CATALOGUE, DRAFT, NAMES, CatalogueEntry
from clipforge.engines.cost import Cost
from clipforge.engines.folders import Model, Places, digest, file_digest, installed, resolve
from clipforge.engines.plan import (
    choose_auto,
    cost_bytes,
    keeps_up,
    plan_placement,
    seconds_per_window,
    smaller_that_fits,
)
from clipforge.engines.pull import pull
from clipforge.engines.recipes import Asked, asked_language, compute_type_for, recipe_for

__all__ = [
    "ALIASES",
    "AUTO",
    "CATALOGUE",
    "DRAFT",
    "NAMES",
    "Asked",
    "CatalogueEntry",
    "Cost",
    "Model",
    "Places",
    "asked_language",
    "choose_auto",
    "compute_type_for",
    "cost_bytes",
    "digest",
    "file_digest",
    "installed",
    "keeps_up",
    "plan_placement",
    "pull",
    "recipe_for",
    "resolve",
    "seconds_per_window",
    "smaller_that_fits",
]
