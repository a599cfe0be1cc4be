"""One file a step: call the library, publish the page, return the result."""
