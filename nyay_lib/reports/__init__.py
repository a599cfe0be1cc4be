"""Results in, Markdown, tables and plots out; nothing is computed or measured here."""
