"""The download is tried again where waiting may mend it, and nowhere else."""

import pytest
from prefect.states import Failed

from nyay_lib.errors import BaseModelError, HubUnreachable
from tasks.base_model import download_base, only_unreachable


@pytest.mark.parametrize(("error", "again"), [(HubUnreachable("away"), True), (BaseModelError("gated"), False)])
def test_only_a_hub_that_does_not_answer_is_asked_again(error: Exception, again: bool) -> None:
    assert only_unreachable(None, None, Failed(data=error)) is again
    assert download_base.retry_condition_fn is only_unreachable
