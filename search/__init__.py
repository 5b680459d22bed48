"""The question: search documents, queries and facets."""
