"""What is wrong with the result of a run."""

from chaos.report import Result, unfinished

MUST_BE_ZERO = ("lost", "of events that never happened", "under another id", "in the list of failed ones")
MOST_MEGABYTES = 256


def violations(result: Result, *, kills: int) -> list[str]:
    counts = result["counts"]
    found = [f"{name}: {counts[name]}" for name in MUST_BE_ZERO if counts[name]] + unfinished(result, kills=kills)
    if counts["told"] != result["deliveries"]:
        found.append(f"{counts['told']} deliveries instead of {result['deliveries']}")
    if (most := counts["memory of the largest process, MB"]) > MOST_MEGABYTES:
        found.append(f"a process had {most} MB")
    return found


def violations_of_control(control: Result) -> list[str]:
    return [] if control["counts"]["lost"] else ["the control: nothing was lost"]
