"""The figures of a run."""

import statistics


class Results:
    """Cells, each with one dictionary of figures a round, and facts that are measured once. `label` marks them in the
    progress of a run. `before` has the figures of the other build, if two take turns."""

    label = ""
    before: "Results | None" = None

    def __init__(
        self, rounds: int, seconds: float, warmup: float, cells: dict | None = None, facts: dict | None = None
    ):
        self.rounds, self.seconds, self.warmup = rounds, seconds, warmup
        self.cells: dict[str, list[dict]] = cells or {}
        self.facts: dict = facts or {}

    def keep(self, key: str, figures: dict) -> dict:
        self.cells.setdefault(key, []).append(figures)
        return figures

    def values(self, key: str, field: str = "per_second") -> list[float]:
        return [cell[field] for cell in self.cells.get(key, []) if field in cell]

    def median(self, key: str, field: str = "per_second") -> float | None:
        return median(self.values(key, field))

    def gain(self, key: str, field: str = "per_second") -> float | None:
        """The median of each round's ratio to the build before; none if there is no such build."""
        return ratio(self.values(key, field), self.before.values(key, field)) if self.before else None

    def ratio(self, key: str, other: str, field: str = "per_second") -> float | None:
        """The median of each round's ratio of two cells."""
        return ratio(self.values(key, field), self.values(other, field))


def median(values: list[float]) -> float | None:
    return statistics.median(values) if values else None


def ratio(values: list[float], others: list[float]) -> float | None:
    """The median of the ratios of values that were measured side by side."""
    return median([value / other for value, other in zip(values, others) if other])
