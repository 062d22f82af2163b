"""The edge to the runner of GitHub Actions: what a step is given, and what it may say and leave.

Inputs, event and environment come in; log, outputs, summary, annotations and an artifact's
directory go out. It knows the runner and not GitHub's API, and decides nothing.
"""
