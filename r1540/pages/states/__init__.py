"""What is recorded of each State as at a day.

list.py        the list of States, with what is recorded of each
board.py       the board: one measure of every State at a glance
state_page.py  the page of a State
timeline.py    the facts of a State, in the order of their days
"""
