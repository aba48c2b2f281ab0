"""How likely a count is by chance, and how many such surprises many looks at once bring."""

from collections.abc import Sequence
from math import exp, lgamma, log, log1p

ENOUGH = 1e-17  # of what is summed already: further terms no longer change it


def probability(count: int, before: int, windows: int) -> float:
    """The chance of ``count`` or more events in a window, after ``before`` of them in ``windows`` equal ones.

    If nothing has changed, each of all the events fell into one of the ``windows`` + 1 by chance alone, so that the
    count is binomial, with a share of 1 / (``windows`` + 1): J. Przyborowski and H. Wilenski, "Homogeneity of results
    in testing samples from Poisson series", Biometrika 31 (1940). It is the same as the tail of the negative binomial
    that has ``before`` + 1 failures and that share, and unlike the Poisson tail at the mean of the past it does not
    take a few quiet weeks for certain knowledge: nothing before and 3 now is not impossible.
    """
    return binomial_tail(count, before + count, 1 / (windows + 1))


def binomial_tail(at_least: int, of: int, share: float) -> float:
    """P(X >= ``at_least``) for ``of`` independent events of probability ``share`` between 0 and 1, exactly summed."""
    if at_least <= 0:
        return 1.0
    if at_least > of:
        return 0.0
    logarithm = lgamma(of + 1) - lgamma(at_least + 1) - lgamma(of - at_least + 1)
    term = exp(logarithm + at_least * log(share) + (of - at_least) * log1p(-share))
    if at_least <= of * share:  # the other side has the fewer and smaller terms
        return min(1.0, max(0.0, 1.0 - _sum_down(at_least, of, share, term)))
    return min(1.0, _sum_up(at_least, of, share, term))


def _sum_up(first: int, of: int, share: float, term: float) -> float:
    """P(X >= ``first``), where ``term`` is P(X = ``first``): each further term is the last one times a ratio."""
    total, odds = term, share / (1 - share)
    for number in range(first, of):
        term *= odds * (of - number) / (number + 1)
        total += term
        if term < total * ENOUGH:
            break
    return total


def _sum_down(first: int, of: int, share: float, term: float) -> float:
    """P(X < ``first``)."""
    total, odds = 0.0, (1 - share) / share
    for number in range(first, 0, -1):
        term *= odds * number / (of - number + 1)
        total += term
        if term < total * ENOUGH:
            break
    return total


def adjusted(probabilities: Sequence[float]) -> list[float]:
    """Each probability as the share of false alarms among all that are at least as surprising.

    Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57
    (1995): the i-th smallest of m, times m / i, and never above the next one.
    """
    many = len(probabilities)
    places = sorted(range(many), key=lambda place: probabilities[place], reverse=True)
    found, least = [1.0] * many, 1.0
    for rank, place in zip(range(many, 0, -1), places, strict=True):
        least = min(least, probabilities[place] * (many / rank))  # this factor is never below 1, rounded or not
        found[place] = least
    return found
