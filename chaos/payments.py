"""How the orders were paid, and so how their provider behaves: the prefix of the payment's reference, in turn.

Those of the sandbox behave by their name. Those of Stripe are known to a payment server in its form, which is told to
drop some of its answers after it has paid.
"""

from decimal import Decimal

from tests.payment_server import PaymentServer

# Together they are all that an order is worth: one more, and it would be too much.
AMOUNT = Decimal("2.50")
FOR_AN_ORDER = 4

DECLINED = "pay_decline"
STRIPE, STRIPE_THAT_DROPS = "pi_answers", "pi_drops"
REFERENCES = (
    "pay_ok", "pay_timeout", "pay_flaky", STRIPE, DECLINED, "pay_ok", "pay_timeout", STRIPE_THAT_DROPS, "pay_flaky",
    "pay_ok",
)  # fmt: skip


def reference_of(number: int) -> str:
    """Of the order ``number``: its own, so that the provider's books show what was paid back on it."""
    return f"{REFERENCES[number % len(REFERENCES)]}_{number}"


def provider_of(reference: str) -> str:
    return "stripe" if reference.startswith("pi_") else "sandbox"


def make_known(server: PaymentServer, refunds: int) -> None:
    """Stripe's payments of the orders on which so many refunds will be asked for."""
    for reference in map(reference_of, range(refunds // FOR_AN_ORDER + 1)):
        if provider_of(reference) == "stripe":
            server.books.add_payment(reference, int(AMOUNT * FOR_AN_ORDER * 100))
        if reference.startswith(STRIPE_THAT_DROPS):
            server.books.script(reference, ["drop", "drop", "ok", "drop"])
