"""The probabilities, against exact arithmetic and published numbers."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.patterns.chance import adjusted, binomial_tail, probability


def exact_tail(at_least: int, of: int, windows: int) -> Fraction:
    """By fractions, term by term."""
    share = Fraction(1, windows + 1)
    return sum(
        (comb(of, number) * share**number * (1 - share) ** (of - number) for number in range(max(at_least, 0), of + 1)),
        Fraction(0),
    )


@given(st.integers(0, 60), st.integers(0, 300), st.integers(1, 12))
def test_it_is_the_exact_binomial_tail(count, before, windows):
    exact = exact_tail(count, count + before, windows)
    assert probability(count, before, windows) == pytest.approx(float(exact), rel=1e-9, abs=1e-15)


@given(st.integers(0, 30), st.integers(0, 40), st.integers(1, 8))
def test_it_is_the_negative_binomial_tail_too(count, before, windows):
    """1 less the chance of fewer: before + 1 windows of the past fall before so many of now."""
    share = Fraction(1, windows + 1)
    fewer = sum(
        (comb(number + before, number) * share**number * (1 - share) ** (before + 1) for number in range(count)),
        Fraction(0),
    )
    assert probability(count, before, windows) == pytest.approx(float(1 - fewer), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("at_least", "of", "share", "known"),
    [
        (1, 1, 0.5, 0.5),
        (8, 10, 0.5, 0.0546875),  # 56 / 1024, the sign test's table
        (5, 5, 1 / 9, 1.6935087808430286e-05),
        (60, 100, 0.5, 0.02844396682049039),  # R: pbinom(59, 100, 0.5, lower.tail = FALSE)
        (0, 7, 0.3, 1.0),
        (8, 7, 0.3, 0.0),
    ],
)
def test_it_is_what_the_tables_say(at_least, of, share, known):
    assert binomial_tail(at_least, of, share) == pytest.approx(known, rel=1e-10)


def test_large_numbers_neither_overflow_nor_vanish():
    assert probability(5000, 40_000, 8) == pytest.approx(0.5, abs=0.02)
    assert 0 <= probability(9000, 40_000, 8) < 1e-300
    # summed in whole numbers: sum(comb(4900, i) * 8**(4900 - i) for i in range(900, 4901)) / 9**4900
    assert probability(900, 4000, 8) == pytest.approx(9.83350927750757e-51, rel=1e-8)


def test_nothing_before_is_no_certainty():
    """A Poisson tail at a mean of zero would call a single event impossible."""
    assert probability(1, 0, 8) == pytest.approx(1 / 9)
    assert probability(0, 0, 8) == 1.0


# The fifteen p-values of the example in Benjamini and Hochberg (1995), section 3.2, of which four are found at 0.05.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip


def test_the_correction_finds_what_its_authors_found():
    assert sum(each <= 0.05 for each in adjusted(PUBLISHED)) == 4
    assert sum(each * 15 <= 0.05 for each in PUBLISHED) == 3, "Bonferroni's"


def test_the_correction_keeps_places_and_order():
    shuffled = PUBLISHED[7:] + PUBLISHED[:7]
    assert sorted(adjusted(shuffled)) == adjusted(PUBLISHED)
    assert adjusted(PUBLISHED)[:2] == pytest.approx([0.0015, 0.003])
    assert adjusted([]) == []


@given(st.lists(st.floats(0, 1), max_size=50))
def test_no_corrected_probability_is_smaller_than_its_own(probabilities):
    for before, after in zip(probabilities, adjusted(probabilities), strict=True):
        assert before <= after <= 1
