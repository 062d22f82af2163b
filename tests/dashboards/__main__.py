"""Writes the dashboards anew: `python -m tests.dashboards`; read the diff."""

from tests.dashboards.family_dashboards import FAMILIES, FOLDER, text

if __name__ == "__main__":
    for family in FAMILIES:
        (FOLDER / f"{family}.json").write_text(text(family))
