"""Server-side apply, as computed: sets of fields, their managers, merges and conflicts."""
