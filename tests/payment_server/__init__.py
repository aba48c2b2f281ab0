"""A payment server in the form of Stripe's API, to test against over real HTTP: hostile on demand, and with books.

In a test: ``with PaymentServer() as server`` runs it in a thread, ``server.url`` is its address, ``server.books`` its
books and controls (``books.py``). As a process: ``python -m tests.payment_server --port 12111``; the same controls are
``POST /_control/<method of Books>`` with a JSON object of its arguments, for example
``/_control/add_payments {"payments": [{"id": "pi_1", "amount": 10000, "currency": "usd"}]}`` or
``/_control/script {"payment": "pi_1", "steps": ["drop", "ok"]}``; ``"payment": "*"`` is for those without a script.

``GET /_effects`` lists what money moved, in minor units: ``paid`` rows, and ``returned`` rows for what came back.
``GET /_calls`` lists each call with its idempotency key. Any API key is an account of its own; payments that name no
account belong to all. The steps that a script may hold are the words of ``Step`` in ``books.py``.
"""

from tests.payment_server.books import Books, Step
from tests.payment_server.server import PaymentServer

__all__ = ["Books", "PaymentServer", "Step"]
