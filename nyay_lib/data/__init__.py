"""Court records: read, checked, shortened to the token budget, and converted to conversations."""
