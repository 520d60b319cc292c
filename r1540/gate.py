"""The gate in front of every view: what no honest address holds is refused with 400 and the reason."""
