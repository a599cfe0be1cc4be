"""What a machine needs before a run is started on it: each thing as it is, and how to mend it."""
