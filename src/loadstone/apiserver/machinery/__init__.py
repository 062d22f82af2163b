"""API machinery: resources, documents, calls and failures, which every other part speaks of."""
