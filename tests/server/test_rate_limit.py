"""Rate limits hold in every window, wherever it starts, and in an even stream."""

from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.slack.rate_limits import PostLimit
from bot.server.rate_limit import Pace, RateLimiter, strict_pace


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


@given(st.lists(st.floats(0, 3), max_size=40), st.floats(0, 0.9))
def test_no_post_at_a_pace_is_refused_by_slack(gaps, late):
    pace, slack, now = Pace(1.0), PostLimit(3), 100.0
    for number, gap in enumerate(gaps):
        now += gap
        while pause := pace.wait(now):
            now += max(pause, 1e-9)
        pace.take(now)
        # One request reaches Slack faster than the one before it.
        assert slack.wait("C", now + late * (number % 2 == 0)) == 0


@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=40))
def test_delays_of_an_even_stream_do_not_add_up(delays):
    pace = Pace(1.0)
    for number, delay in enumerate(delays):
        now = 100.0 + number + delay
        assert pace.wait(now) == 0
        pace.take(now)


def test_strict_pace_has_none_in_a_row():
    pace = strict_pace(1.0)
    pace.take(100.0)
    assert pace.wait(101.0) > 0
    assert pace.wait(101.1) == 0
