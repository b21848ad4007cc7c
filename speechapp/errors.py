"""The one exception tree: every error a user may see, each with a stable code and a sentence that says the fix."""


class Sentence(str):
    """English for people that remembers what it was made of, so that the web can say it in another language."""

    template: str
    values: dict[str, object]

    def __new__(cls, template: str, /, **values: object) -> "Sentence":
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made


class SpeechappError(Exception):
    """Base of all our errors; `code` is stable and machine-readable, `message` is for people and says the fix.

    What varies in a sentence that volunteers or reviewers meet is handed in by name, so that it can be translated:
    `NotFound("release_unknown", "There is no release %(version)s.", version=version)`.
    """

    def __init__(self, code: str, template: str, /, **values: object) -> None:
        self.code = code
        self.message = Sentence(template, **values)
        super().__init__(self.message)


class ConfigError(SpeechappError):
    """A setting is missing or wrong; the message names the variable, its value and the fix."""


class InvalidInput(SpeechappError):
    """What was handed in is wrong and will stay wrong until it is changed."""


class Unauthenticated(SpeechappError):
    """We do not know who is asking."""


class Forbidden(SpeechappError):
    """We know who is asking, and they may not."""


class NotFound(SpeechappError):
    """The thing named does not exist."""


class Conflict(SpeechappError):
    """The thing exists already, or its state forbids this."""


class TooLarge(SpeechappError):
    """More bytes than we take."""


class StorageError(SpeechappError):
    """The object store could not do what was asked."""


class Unusable(SpeechappError):
    """A recording that can never become a processed clip; `code` is the reason kept with the clip."""


class DataError(SpeechappError):
    """A release directory, data set, checkpoint or model file is not what it should be."""
