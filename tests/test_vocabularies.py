"""Which vocabularies are offered: those of the settings, and those that a maintainer put into the data directory."""

from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.config import Config, read_config
from speechapp.errors import ConfigError, InvalidInput
from speechapp.vocabularies import (
    chosen_vocabulary,
    default_vocabulary,
    load_vocabulary,
    offered_vocabularies,
    vocabulary_of_language,
)
from tests.vocabularies import vocabulary_of, write, write_pictured

Configure = Callable[..., Config]


@pytest.fixture
def configure(tmp_path: Path) -> Configure:
    """The settings of a service whose data directory is `data`."""
    return lambda named="": read_config({"SPEECHAPP_DATA_DIR": str(tmp_path / "data"), "SPEECHAPP_VOCABULARY": named})


@pytest.fixture
def added(tmp_path: Path) -> Path:
    """Where a maintainer puts vocabularies."""
    return tmp_path / "data" / "vocabularies"


def test_english_is_offered_where_nothing_is_said(configure: Configure) -> None:
    assert list(offered_vocabularies(configure())) == ["en"]
    assert default_vocabulary(configure()).id == "en"


def test_several_are_offered_in_the_order_of_the_settings(configure: Configure, tmp_path: Path) -> None:
    path = write(tmp_path / "words.json")
    config = configure(f"es, {path} ,animals")
    assert list(offered_vocabularies(config)) == ["es", "words", "animals"]
    assert default_vocabulary(config).id == "es"


def test_what_lies_in_the_data_directory_is_offered_after_them(configure: Configure, added: Path) -> None:
    write(added / "is.json")
    write_pictured(added / "bilder")
    write(added / ".hidden.json")
    write(added / ".staged" / "vocabulary.json")
    (added / "README.txt").write_text("ours")
    assert list(offered_vocabularies(configure("de"))) == ["de", "bilder", "is"]


def test_one_of_ones_own_hides_the_shipped_one_of_that_name(configure: Configure, added: Path) -> None:
    write(added / "en.json", language="en", name="Our English")
    assert [vocabulary.name for vocabulary in offered_vocabularies(configure()).values()] == ["Our English"]
    assert default_vocabulary(configure()).name == "Our English"


def test_one_that_was_added_may_be_named_first(configure: Configure, added: Path) -> None:
    write(added / "is.json")
    write(added / "aa.json")
    assert list(offered_vocabularies(configure("is"))) == ["is", "aa"]


def test_a_bad_file_in_the_data_directory_stops_the_start(configure: Configure, added: Path) -> None:
    path = write(added / "is.json", version="")
    with pytest.raises(ConfigError) as refused:
        offered_vocabularies(configure())
    assert refused.value.message.startswith(f"The vocabulary {path} cannot be used. Version: “” is no version")


def test_two_of_one_name_are_refused_with_both_their_places(configure: Configure, added: Path) -> None:
    write(added / "is.json")
    write(added / "is" / "vocabulary.json")
    with pytest.raises(ConfigError) as refused:
        offered_vocabularies(configure())
    assert refused.value.code == "vocabulary_twice"
    assert f"{added / 'is.json'} and {added / 'is' / 'vocabulary.json'} are both" in refused.value.message


def test_one_that_is_named_twice_is_refused(configure: Configure, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"SPEECHAPP_VOCABULARY names “en” twice, again as .*en\.json"):
        offered_vocabularies(configure(f"en,{write(tmp_path / 'en.json')}"))


def test_a_name_that_is_none_is_refused_with_those_that_are(configure: Configure, added: Path) -> None:
    write(added / "is.json")
    with pytest.raises(ConfigError) as refused:
        offered_vocabularies(configure("tlh"))
    assert refused.value.code == "vocabulary_unknown"
    assert refused.value.message == (
        "SPEECHAPP_VOCABULARY: there is no vocabulary “tlh”. Name one of animals, de, en, es, is, or give the path "
        "of a .json file; several with commas between them."
    )


def test_a_folder_is_read_too(tmp_path: Path) -> None:
    assert load_vocabulary(str(write_pictured(tmp_path / "bilder"))).id == "bilder"


def test_a_vocabulary_is_chosen_by_its_id_or_as_the_first_of_a_language() -> None:
    small, large = vocabulary_of(("a", "b")), vocabulary_of(("c", "d"))
    offered = {"small": small, "large": large}
    assert chosen_vocabulary(offered, "large") is large
    assert vocabulary_of_language(offered, "xx") is small
    with pytest.raises(InvalidInput, match="offers small, large, not huge") as refused:
        chosen_vocabulary(offered, "huge")
    assert refused.value.code == "vocabulary_unknown"
    with pytest.raises(InvalidInput, match="collects xx, not is") as refused:
        vocabulary_of_language(offered, "is")
    assert refused.value.code == "language_unknown"
