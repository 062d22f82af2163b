"""The report of a bisection: its answer in words, a line per commit, what it costs."""
