"""The one exception tree: every error a user may see, each with a stable code and a sentence that says the fix."""


class SpeechappError(Exception):
    """Base of all our errors; `code` is stable and machine-readable, `message` is for people and says the fix."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


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
