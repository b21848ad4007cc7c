"""What a model file says about itself."""

import dataclasses

import pytest

from speechapp.errors import DataError
from speechapp.export.metadata import ModelMetadata, from_properties, to_properties

METADATA = ModelMetadata(
    ("_silence_", "_unknown_", "año"), 16_000, 16_000, 480, 160, 40, 30_000, False, "0.1.0", "CC-BY-4.0"
)


def test_metadata_comes_back_as_it_was() -> None:
    assert from_properties(to_properties(METADATA)) == METADATA


def test_properties_of_others_are_left_alone() -> None:
    assert from_properties({**to_properties(METADATA), "author": "someone"}) == METADATA


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(ModelMetadata)])
def test_a_missing_property_is_an_error(name: str) -> None:
    properties = to_properties(METADATA)
    del properties[f"speechapp.{name}"]
    with pytest.raises(DataError, match="does not say what its labels are"):
        from_properties(properties)


def test_a_garbled_property_is_an_error() -> None:
    with pytest.raises(DataError):
        from_properties({**to_properties(METADATA), "speechapp.labels": "[up"})
