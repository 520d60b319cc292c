"""Figures as at a day. A figure is never typed: it is a list, filtered, and counted; so it opens to its list.

definitions.py  what each figure is: the list it counts, and the filters that make a row certain or possible
tally.py        counts every figure as at one day, in every place
published.py    compares what others published with what is computed
last_move.py    finds the change that last moved a figure
pages.py        the page of all figures, and the page that explains one
series.py       counts a figure on every day until a day
over_time.py    the page of figures over time
picture.py      places the lines, marks and words of a picture, for templates/picture.svg
"""
