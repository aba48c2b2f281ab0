"""Two servers by others in the form of Stripe's API, each as a process of its own for the length of a test."""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NPM = Path(__file__).parent / "npm"


def has_localstripe() -> bool:
    return importlib.util.find_spec("localstripe") is not None


def has_stateful_mock() -> bool:
    return shutil.which("node") is not None and (NPM / "node_modules" / "stripe-stateful-mock").is_dir()


@contextmanager
def localstripe() -> Iterator[str]:
    with _running([sys.executable, "-m", "tests.payment_server.local_stripe"], ROOT) as url:
        yield url


@contextmanager
def stateful_mock() -> Iterator[str]:
    with _running([str(shutil.which("node")), "serve.js"], NPM) as url:
        yield url


@contextmanager
def _running(command: list[str], folder: Path) -> Iterator[str]:
    """The address that it prints when it listens."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url, f"{command} did not start"
        yield url
    finally:
        process.kill()
        process.wait(timeout=10)
