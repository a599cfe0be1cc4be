"""Text without secrets: what a child process writes may hold a token or a password that it was given."""

import os
import re
from collections.abc import Iterator

from huggingface_hub import get_token

HIDDEN = "[hidden]"
SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH(?!OR)|API_?KEY|ACCESS_?KEY", re.IGNORECASE)
# Shorter values are words such as "true", which a text may hold for another reason.
SHORTEST = 8
FORMS = re.compile(
    r"hf_[A-Za-z0-9]{16,}"  # Hugging Face
    r"|(?<=://)[^/\s@]+(?=@)"  # user and password in an address
    r"|(?<=bearer )[^\s\"',]+"
    r"|(?<=basic )[A-Za-z0-9+/=]{12,}",
    re.IGNORECASE,
)


def redacted(text: str) -> str:
    """``text`` with ``[hidden]`` for the values of secret environment variables, the hub's login, and what looks so."""
    for secret in sorted(set(_known()), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return FORMS.sub(HIDDEN, text)


def _known() -> Iterator[str]:
    yield from (v for name, v in os.environ.items() if SECRET_NAME.search(name) and len(v) >= SHORTEST)
    if token := get_token():
        yield token
