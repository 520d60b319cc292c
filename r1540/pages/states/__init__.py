"""What is recorded of each State as at a day.

list.py        the list of States, with what is recorded of each
board.py       the board: one measure of every State at a glance
state_page.py  the page of a State
sentences.py   what is recorded of a State, in the sentences with which its page begins
notes.py       the numbered notes of a page: each source once
timeline.py    the facts of a State, in the order of their days
"""
