"""Figures as at a day. A figure is never typed: it is a list, filtered, and counted; so it opens to its list.

definitions.py  what each figure is: the list it counts, and the filters that make a row certain or possible
places.py       the places in which States are counted
bounds.py       the least and the most that a figure can be, by what was published; a count beside them, in words
tally.py        counts every figure as at one day, in every place
published.py    compares what others published with what is computed
last_move.py    finds the change that last moved a figure
pages.py        the page of all figures, and the page that explains one
daily_counts.py counts a figure on every day
series.py       a figure over time: its counts, what was published, the Member States
over_time.py    the page of figures over time
picture.py      places the lines, marks and words of a picture, for templates/picture.svg
"""
