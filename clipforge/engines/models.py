"""The models on this machine: what there is to choose from, what each costs, how to get one. Imports no heavy library.

The face of `catalogue`, `folders`, `cost`, `plan`, `recipes`, `pull`, `upkeep` and `listing`.
"""

from __future__ import annotations

from clipforge.engines.catalogue import ALIASES, AUTO, CATALOGUE, DRAFT, NAMES, CatalogueEntry
from clipforge.engines.cost import Cost
from clipforge.engines.folders import Model, Places, digest, file_digest, installed, resolve
from clipforge.engines.listing import Listed, listed
from clipforge.engines.plan import (
    choose_auto,
    cost_bytes,
    keeps_up,
    plan_placement,
    seconds_per_window,
    smaller_that_fits,
)
from clipforge.engines.pull import HUB, OnProgress, Order, pull
from clipforge.engines.recipes import Asked, asked_language, compute_type_for, recipe_for
from clipforge.engines.upkeep import DIFFERS, Verdict, hub_folders, is_in_hub_cache, names_here, remove, verify

__all__ = [
    "ALIASES",
    "AUTO",
    "CATALOGUE",
    "DIFFERS",
    "DRAFT",
    "HUB",
    "NAMES",
    "Asked",
    "CatalogueEntry",
    "Cost",
    "Listed",
    "Model",
    "OnProgress",
    "Order",
    "Places",
    "Verdict",
    "asked_language",
    "choose_auto",
    "compute_type_for",
    "cost_bytes",
    "digest",
    "file_digest",
    "hub_folders",
    "installed",
    "is_in_hub_cache",
    "keeps_up",
    "listed",
    "names_here",
    "plan_placement",
    "pull",
    "recipe_for",
    "remove",
    "resolve",
    "seconds_per_window",
    "smaller_that_fits",
    "verify",
]
