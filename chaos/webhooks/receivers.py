"""Those that the webhooks go to. Eight take what comes; one fails now and then, so that it does not have what it was
sent; one has it, and hangs up without an answer.
"""

from tests.many_receivers import NO_CONTENT, UNAVAILABLE, ManyReceivers

# What they listen to.
EVENT = "order.updated"
RECEIVERS = 10
FAILS, HANGS_UP = RECEIVERS - 2, RECEIVERS - 1
ONE_IN = 40


class Receivers(ManyReceivers):
    def __init__(self) -> None:
        super().__init__(RECEIVERS)

    def take(self, number: int, message_id: str, body: bytes) -> bytes:
        self.calls[number] += 1
        is_bad_day = self.calls[number] % ONE_IN == 0
        if number == FAILS and is_bad_day:
            return UNAVAILABLE
        self.note(number, message_id, body)
        return b"" if number == HANGS_UP and is_bad_day else NO_CONTENT
