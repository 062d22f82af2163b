"""Server-side apply: fields, their owners, and how configurations merge."""
