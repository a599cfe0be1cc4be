"""The plan of a training run: what it will take in time, memory and disk, said before anything is spent."""
