"""Bars and lines drawn from numbers."""

from fener.web.drawings import BAR_HEIGHT, bar, line


def test_a_bar_shows_what_failed_of_each_day_and_what_was_not_observed() -> None:
    drawn = bar([1.0, None, 0.5, 0.0])
    assert drawn.width == 15
    assert drawn.good.count("M") == 2
    assert drawn.bad.count("M") == 2
    assert drawn.none.count("M") == 1
    assert f"M12 0h3v{BAR_HEIGHT}" in drawn.bad


def test_the_least_failure_of_a_day_can_be_seen() -> None:
    assert "v8h" in bar([0.9999]).bad


def test_a_bar_of_nothing_is_no_error() -> None:
    assert bar([]).good == ""


def test_a_line_is_broken_where_a_check_had_no_answer() -> None:
    drawn = line([100, 200, None, 150])
    assert drawn.path.count("M") == 2
    assert drawn.misses.count("M") == 1


def test_a_level_line_stays_level() -> None:
    heights = {part.rpartition(" ")[2] for part in line([100] * 5).path.split("L")}
    assert len(heights) == 1


def test_a_line_of_many_points_is_thinned_without_losing_a_miss() -> None:
    drawn = line([100 if at != 77 else None for at in range(360)])
    assert drawn.path.count("L") < 90
    assert drawn.misses.count("M") == 1
