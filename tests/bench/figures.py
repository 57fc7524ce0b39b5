"""A figure, what is asked of it, and the table that shows both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``asked`` is the requirement in words, ``met`` whether it holds."""

    name: str
    value: str
    asked: str = ""
    met: bool | None = None


def at_least(name: str, value: float, limit: float, unit: str) -> Figure:
    return Figure(name, shown(value, unit), f"≥ {shown(limit, unit)}", value >= limit)


def at_most(name: str, value: float, limit: float, unit: str) -> Figure:
    return Figure(name, shown(value, unit), f"≤ {shown(limit, unit)}", value <= limit)


def shown(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 1000 else 2 if abs(value) < 10 else 1
    return f"{value:,.{digits}f} {unit}".strip()


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def middle(values: Sequence[float]) -> float:
    return median(values)


def table(title: str, figures: Sequence[Figure]) -> str:
    """Return the figures as aligned lines under a title."""
    names = max(len(figure.name) for figure in figures)
    values = max(len(figure.value) for figure in figures)
    lines = [title, "─" * len(title)]
    for figure in figures:
        verdict = "" if figure.met is None else "met" if figure.met else "NOT MET"
        line = f"  {figure.name:<{names}}  {figure.value:>{values}}  {figure.asked:<14} {verdict}"
        lines.append(line.rstrip())
    return "\n".join(lines) + "\n"
