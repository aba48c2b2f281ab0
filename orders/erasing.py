"""Who else keeps words about a customer. Apps above this one say so in ``AppConfig.ready``; none is imported here.

An event would come too late: it may name nobody, and when it is heard the customer's own row has forgotten the name.
"""

from collections.abc import Callable, Set

from orders.models import Customer

ForgetWords = Callable[[Customer, Set[str]], None]

_keepers: list[ForgetWords] = []


def forget_also_by(forget_words: ForgetWords) -> None:
    """Call ``forget_words`` in the transaction that erases a customer, with what the desk knew them by."""
    _keepers.append(forget_words)


def forget_everywhere(customer: Customer, words: Set[str]) -> None:
    for forget_words in _keepers:
        forget_words(customer, words)
