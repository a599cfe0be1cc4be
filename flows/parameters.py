"""What people type most often: the types of these parameters, from which the form and `-p` know what is nonsense."""

from typing import Annotated

from pydantic import Field

from nyay_lib.runs import RUN_ID

# Empty is allowed in each of them, and means what the flow says.
RunName = Annotated[str, Field(pattern=rf"^({RUN_ID.pattern})?$")]
VersionName = Annotated[str, Field(pattern=r"^([0-9a-f]{16,64})?$")]
Epochs = Annotated[int, Field(ge=0, le=100)]
Hours = Annotated[float, Field(ge=0, le=10_000)]
Count = Annotated[int, Field(ge=0, le=1000)]
Reason = Annotated[str, Field(min_length=1)]
