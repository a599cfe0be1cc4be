"""Invented cases with known truth, and the faults that may be planted in their records.

From the words up: ``tables`` are read, ``grammar`` makes templates of them, ``languages`` holds them by language, a
``writer`` fills them, ``facts`` and ``judgments`` make a case of ``cases``, ``answers`` and ``records`` a record of it,
``faults`` damage it, ``plans`` say where, ``rows`` puts the lines together, ``truth`` tells what they hold, and
``writing`` makes the files.
"""
