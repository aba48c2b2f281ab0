"""A database of the bench's own beside the given one, and pgbench upon it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = "redress_bench"


def bench_url(url: str) -> str:
    """The address of the bench's database on the server of ``url``."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))


def make_database(url: str) -> str:
    """An empty one, in place of the last run's; returns its address and the server's version."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
        return connection.info.parameter_status("server_version") or ""


def settle(url: str) -> None:
    """Let no vacuum of an earlier step fall into a later measurement."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def statuses(url: str) -> dict[str, str]:
    """The present status of every issue, by its id."""
    with psycopg.connect(url) as connection:
        return dict(connection.execute("SELECT id::text, status FROM issues_issue").fetchall())


def transactions_per_second(url: str, script: str, *, connections: int, seconds: float) -> float:
    """What the database does by itself of ``script``, one transaction, with prepared statements."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "update.sql"
        path.write_text(script)
        threads = min(connections, os.cpu_count() or 1)
        options = ["--no-vacuum", "--protocol", "prepared", "--file", str(path)]
        options += ["--client", str(connections), "--jobs", str(threads), "--time", str(max(1, round(seconds)))]
        run = subprocess.run(["pgbench", *options, url], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", run.stdout)
    failed = re.search(r"number of failed transactions: [1-9]", run.stdout)
    if run.returncode or found is None or failed:
        raise RuntimeError(f"pgbench failed:\n{run.stdout}\n{run.stderr}")
    return float(found[1])
