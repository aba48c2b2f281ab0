"""What people are told about, by kind. Apps above this one describe theirs in ``AppConfig.ready``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """``is_urgent``: told at once, whatever somebody chose and whatever the hour."""

    name: str
    label: str
    is_urgent: bool = False


_kinds: dict[str, Kind] = {}


def describe(name: str, label: str, *, is_urgent: bool = False) -> None:
    """Let employees choose how they hear of ``name``. What is not described is told at once and can't be chosen."""
    _kinds[name] = Kind(name, label, is_urgent)


def described() -> list[Kind]:
    return list(_kinds.values())


def is_urgent(name: str) -> bool:
    return name in _kinds and _kinds[name].is_urgent


def is_choosable(name: str) -> bool:
    return name in _kinds and not _kinds[name].is_urgent
