"""Statistics: every test, estimate and verdict. Pure; what randomness they need is passed in.

A constant from a paper names it. The others are choices; what they cost and what they find is
printed, on simulated clusters whose truth is known, by

- `python -m benchmarks.operating_characteristics` for `comparison` and what it uses of `common`,
- `python -m benchmarks.families` for `scaling`,
- `python -m benchmarks.change_points` for `change_points`,
- `python -m benchmarks.across_days` for `across_days`,
- `python -m benchmarks.redline_search` for `redline`.

Where one line of a table decided, the comment of the constant names it (`--only` with its name).
"""
