"""The result of a run as a person reads it, and what is wrong with it."""

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]

MUST_BE_ZERO = (
    "called without a stored attempt",
    "lost",
    "doubled",
    "over the cap",
    "a second key",
    "wrong counters",
    "broken chains",
)


def violations(result: Result, *, kills: int) -> list[str]:
    found = [f"{name}: {result['counts'][name]}" for name in MUST_BE_ZERO if result["counts"][name]]
    found += unfinished(result, kills=kills)
    if (asked := result["counts"]["asked for"]) != result["refunds"]:
        found.append(f"{asked} refunds instead of {result['refunds']}")
    return found


def unfinished(result: Result, *, kills: int) -> list[str]:
    """What a run left undone."""
    found = [f"waited in vain for {result['waited in vain for']}"] if result["waited in vain for"] else []
    if (made := sum(result["kills"].values())) != kills:
        found.append(f"{made} kills instead of {kills}")
    return found


def violations_of_control(control: Result) -> list[str]:
    """A control that pays nobody twice would show that the run looks at the wrong thing."""
    return [f"the control: nothing was {name}" for name in ("doubled", "over the cap") if not control["counts"][name]]


def table(result: Result, control: Result, *, of_control: Sequence[str] = ("doubled", "over the cap")) -> str:
    rows: dict[str, Any] = {f"killed {point}": count for point, count in sorted(result["kills"].items())}
    rows |= {f"of these, {what}": count for what, count in sorted(result["deaths"].items())}
    rows |= dict(sorted(result["others"].items())) | result["counts"]
    rows |= {f"{name}, in the control": control["counts"][name] for name in of_control}
    rows |= {name: result[name] for name in ("seconds from the last kill to the end", "seconds", "seed")}
    return "\n".join(f"{name:<44}{count!s:>12}" for name, count in rows.items())
