"""The sets of rules that the project ships with, and which one is on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sync.errors import ConfigError

GENERAL = "general"
SCORING = Path("seeds/scoring")
RECIPES = Path("seeds/recipes")


def recipe_names(project_dir: Path) -> list[str]:
    """Give the sets of rules that the var recipe can choose."""
    return [GENERAL, *sorted(path.name for path in (project_dir / RECIPES).glob("*/"))]


def project_vars(project_dir: Path) -> dict[str, Any]:
    """Give the vars of dbt_project.yml."""
    file = project_dir / "dbt_project.yml"
    project = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return project.get("vars") or {}


def chosen_recipe(project_dir: Path) -> str:
    """Give the recipe that dbt_project.yml has on."""
    return str(project_vars(project_dir).get("recipe") or GENERAL)


def rules_folder(project_dir: Path, recipe: str | None = None) -> Path:
    """Give the folder, within the project, that holds the rules of a recipe, or of the one on.

    Raises ConfigError where there is no such recipe.
    """
    name = recipe or chosen_recipe(project_dir)
    if name not in (known := recipe_names(project_dir)):
        raise ConfigError(f"there is no recipe {name!r}; known are: {', '.join(known)}")
    return SCORING if name == GENERAL else RECIPES / name
