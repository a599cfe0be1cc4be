"""Where the hub is, with which login, and what its refusals mean: one line, with the way out, without secrets."""

import errno
import os
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

import httpx
from huggingface_hub import constants
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import build_hf_headers  # pyright: ignore[reportUnknownVariableType] (a bare dict)

from nyay_lib.base_model import embedded
from nyay_lib.errors import BaseModelError, HubUnreachable

TRUE = ("1", "ON", "YES", "TRUE")

# Copies of gated models that ask for no login; the licence itself still binds.
UNGATED = {
    "meta-llama/Llama-3.2-1B-Instruct": "unsloth/Llama-3.2-1B-Instruct",
    "meta-llama/Llama-3.2-3B-Instruct": "unsloth/Llama-3.2-3B-Instruct",
    "meta-llama/Llama-3.1-8B-Instruct": "unsloth/Meta-Llama-3.1-8B-Instruct",
}

# What the client, the network and the disk may raise.
HUB_FAULTS = (httpx.HTTPError, HFValidationError, OSError)
# Statuses of a server that will answer another time.
BUSY = (408, 429, 500, 502, 503, 504)


def endpoint() -> str:
    """The hub's address: HF_ENDPOINT, else the public hub. Read at each call, unlike the client's own."""
    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def shown_endpoint() -> str:
    """The same without a user name and password that may stand in it."""
    parts = urlsplit(endpoint())
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def headers() -> dict[str, str]:
    """The login, where there is one. Compression would hide where a file was cut."""
    return build_hf_headers() | {"Accept-Encoding": "identity"}


def refuse_offline(repo: str) -> None:
    """Raises BaseModelError if HF_HUB_OFFLINE forbids the network."""
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in TRUE:
        raise explain(OfflineModeIsEnabled(), repo, None)


def explain(error: Exception, repo: str, revision: str | None) -> BaseModelError:
    """``error``, one of HUB_FAULTS, in words: HubUnreachable where waiting may mend it."""
    if isinstance(error, OfflineModeIsEnabled):
        words = "is not in the cache, and HF_HUB_OFFLINE is set; unset it once to fetch the model"
    elif isinstance(error, HFValidationError):
        words = "is neither a folder nor the name of a hub repository (owner/name); correct model.name"
    elif isinstance(error, HfHubHTTPError):
        words = _explain_answer(error, repo, revision)
    elif isinstance(error, httpx.HTTPError):
        words = (
            f"is not in the cache, and {shown_endpoint()} cannot be reached ({type(error).__name__}); check the "
            "network and run again: what has arrived is kept"
        )
    elif isinstance(error, OSError) and error.errno == errno.ENOSPC:
        words = "does not fit on the disk; make room and run again: what has arrived is kept"
    else:
        words = f"cannot be stored in the cache ({error}); see that it can be written to"
    kind = HubUnreachable if _passes_by_itself(error) else BaseModelError
    return kind(f"{repo}: {words}")


def _passes_by_itself(error: Exception) -> bool:
    if isinstance(error, HfHubHTTPError):
        return error.response.status_code in BUSY
    return isinstance(error, httpx.TransportError)


def _explain_answer(error: HfHubHTTPError, repo: str, revision: str | None) -> str:
    """The hub's refusal in words."""
    hub, status = shown_endpoint(), error.response.status_code
    if isinstance(error, GatedRepoError):
        return _explain_gate(status, repo)
    if isinstance(error, RevisionNotFoundError):
        return f"has no revision {revision!r} on {hub}; set model.revision to one that it has, such as 'main'"
    # The hub answers 401 to a stranger for what is missing, so as not to betray what is private.
    if not is_logged_in() and (isinstance(error, RepositoryNotFoundError) or status == HTTPStatus.UNAUTHORIZED):
        return f"is not on {hub}, or is private and you are not logged in; correct model.name or run `hf auth login`"
    if isinstance(error, RepositoryNotFoundError):
        return f"is not on {hub}, or your login may not see it; correct model.name"
    if status == HTTPStatus.UNAUTHORIZED:
        return f"{hub} does not accept your login; run `hf auth login` again, or correct HF_TOKEN"
    if status == HTTPStatus.FORBIDDEN:
        return f"{hub} forbids it to your login; take a token that may read gated repositories"
    return f"{hub} answered with status {status}; run again later: what has arrived is kept"


def _explain_gate(status: int, repo: str) -> str:
    """The licence page, the login, and a way around."""
    page = f"{shown_endpoint()}/{repo}"
    copy = f"{UNGATED[repo]} or {embedded.NAME}" if repo in UNGATED else embedded.NAME
    way_out = f"or set model.name to {copy}, which is not gated"
    if status == HTTPStatus.UNAUTHORIZED and not is_logged_in():
        return f"is gated and you are not logged in; accept its licence at {page} and run `hf auth login`, {way_out}"
    return (
        f"is gated and your account has not been granted access; accept its licence at {page} with the account "
        f"of your login (`hf auth login`), {way_out}"
    )


def is_logged_in() -> bool:
    """Whether there is a token, from HF_TOKEN or `hf auth login`; whether the hub takes it is not asked."""
    return "authorization" in headers()
