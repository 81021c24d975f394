"""Rate limits hold in every window, wherever it starts."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.server.rate_limit import RateLimiter


@example(1, 1.0, [1.4e-290, 0.0, 0.0])
@given(st.integers(1, 5), st.floats(0.5, 10), st.lists(st.floats(0, 3), max_size=40))
def test_no_window_of_the_period_holds_more_than_the_limit(limit, period, gaps):
    pace, now, taken = RateLimiter(limit, period), 0.0, []
    for gap in gaps:
        now += gap
        while pause := pace.wait(now):
            now += max(pause, 1e-9)  # the rest of a sum of fractions may be almost zero
        assert pace.try_take(now) == 0
        taken.append(now)
    for first in taken:
        assert sum(first <= one < first + period * 0.999999 for one in taken) <= limit


def test_all_of_it_is_free_at_first_and_one_fits_again_after_the_period():
    pace = RateLimiter(2, 60)
    for _ in range(2):
        assert pace.try_take(0) == 0
    assert pace.try_take(10) == 50
    assert [pace.try_take(60) for _ in range(3)] == [0, 0, 60]
