"""The results as a person reads them."""

from typing import Any

Row = dict[str, Any]

DATABASE_ALONE = "the database alone, same update"


def shares(rows: list[Row]) -> dict[str, float]:
    """Update requests for each transaction of the database by itself, by the number of connections."""
    alone = {row["connections"]: row["per_second"] for row in rows if row["workload"] == DATABASE_ALONE}
    update = rows[0]["workload"]
    return {
        str(row["connections"]): round(row["per_second"] / alone[row["connections"]], 3)
        for row in rows
        if row["workload"] == update
    }


def in_words(row: Row) -> str:
    return f"{row['workload']}, {row['connections']} at once: {row['per_second']} a second"


def table(results: dict[str, Any]) -> str:
    head = ("", "at once", "a second", "p50 ms", "p95 ms", "statements")
    keys = ("workload", "connections", "per_second", "p50", "p95", "statements")
    lines = [head, *([str(row.get(key, "")) for key in keys] for row in results["rows"])]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    text = [
        "  ".join(
            cell.ljust(width) if not at else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    text.append("")
    text += [
        f"Update, share of what the database does alone, {many} at once: {share:.1%}"
        for many, share in results["share_of_database"].items()
    ]
    text += [
        f"Update of an issue with a history of {rows}: {ms} ms" for rows, ms in results["update_by_history"].items()
    ]
    return "\n".join(text)
