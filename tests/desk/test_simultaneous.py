"""Two people at the same moment, each with a connection of their own: nothing is lost, nothing is there twice.

Ten of each; tests/benchmarks/simultaneous.py has two hundred.
"""

import pytest

from tests.desk.pairs import add_twice_at_once, change_at_once, delete_while_changed, two_people

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_changes_at_once_one_is_saved_and_one_is_shown_the_other():
    assert change_at_once(two_people(), 10) == {"saved": 10, "refused": 10, "lost": 0}


def test_a_form_sent_twice_at_once_adds_one_record():
    assert add_twice_at_once(two_people()[0], 10) == {"added": 10, "doubled": 0, "same_answer": 10}


def test_a_record_that_is_changed_and_deleted_at_once_is_either_not_both():
    assert delete_while_changed(two_people(), 5) == {"one_of_both": 5}
