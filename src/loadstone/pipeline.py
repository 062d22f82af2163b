"""The whole flow on one screen; the only file that knows every stage.

    files ─► plan ─► cluster ─► rounds ─► comparison ─► report

Every arrow is a value that is also a file of the output directory: `plan.json`, `rounds.jsonl`,
`record.json`, `comparison.json`, `report.md`, `report.html`.
"""
