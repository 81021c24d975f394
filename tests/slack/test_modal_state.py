"""Concurrent updates of one modal: the newest view wins."""

from bot.slack.modal_state import MOST_KEPT, OpenModals


def is_current(modals, view_id, showing):
    with modals.turn(view_id, showing) as current:
        return current


def test_an_older_update_is_outdated_after_a_newer_one():
    modals = OpenModals()
    assert is_current(modals, "V1", 0)
    assert is_current(modals, "V1", 1)  # the template
    assert not is_current(modals, "V1", 0)
    assert is_current(modals, "V1", 1)
    assert is_current(modals, "V2", 0)


def test_old_modals_are_forgotten():
    modals = OpenModals()
    for number in range(MOST_KEPT + 1):
        is_current(modals, f"V{number}", 5)
    assert is_current(modals, "V0", 0)
    assert not is_current(modals, f"V{MOST_KEPT}", 0)
