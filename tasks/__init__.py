"""One file a step: call the library, publish the page, return the result."""

from tasks.plain_words import without_tracebacks

without_tracebacks()
