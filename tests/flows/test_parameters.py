"""The forms of the deployments: every field explained, and nonsense refused by the field's name."""

from typing import Any

import pytest
from prefect import Flow
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import ValidationError, validate

from flows.review_nyay import review_nyay
from flows.rollback_nyay import rollback_nyay
from flows.train_nyay import train_nyay
from flows.watch_court_data import watch_court_data

FLOWS: list[Flow[Any, Any]] = [train_nyay, watch_court_data, rollback_nyay, review_nyay]


def schema(flow: Flow[Any, Any]) -> dict[str, Any]:
    return parameter_schema(flow).model_dump_for_openapi()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_field_of_a_form_is_explained(flow: Flow[Any, Any]) -> None:
    form = schema(flow)
    groups = {"": form} | form["definitions"]
    fields = {f"{group}.{name}": field for group, one in groups.items() for name, field in one["properties"].items()}
    sections = {name for name, field in fields.items() if "$ref" in field and name.startswith("PipelineConfig.")}
    assert [name for name, field in fields.items() if not field.get("description") and name not in sections] == []
    assert [name for name, one in form["definitions"].items() if not one.get("description")] == []
    assert [one["title"] for one in form["definitions"].values() if one["title"].endswith("Config")] == []


def test_what_people_change_stands_before_all_else() -> None:
    order = sorted(schema(train_nyay)["properties"].items(), key=lambda item: item[1]["position"])
    assert [name for name, _ in order][-1] == "config" and len(order) == 6


@pytest.mark.parametrize(
    ("flow", "parameters", "field"),
    [
        (train_nyay, {"run_id": "My Run"}, "run_id"),
        (train_nyay, {"data_version": "latest"}, "data_version"),
        (train_nyay, {"epochs": "many"}, "epochs"),
        (train_nyay, {"epochs": -1}, "epochs"),
        (train_nyay, {"max_hours": -0.5}, "max_hours"),
        (train_nyay, {"config": {"lora": {"rank": 0}}}, "config.lora.rank"),
        (rollback_nyay, {"reason": ""}, "reason"),
        (review_nyay, {"answers": "all"}, "answers"),
    ],
)
def test_nonsense_is_refused_by_the_name_of_its_field(
    flow: Flow[Any, Any], parameters: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError, match=f"^Validation failed for field '{field}'. Failure reason: .*$"):
        validate(parameters, schema(flow), raise_on_error=True)
