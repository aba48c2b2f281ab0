"""The moments at which a worker that sends webhooks is killed."""

from enum import StrEnum


class Point(StrEnum):
    FANNED_OUT = "before the fan-out is committed"
    TAKEN = "before the call"
    ANSWERED = "before the answer is stored"
