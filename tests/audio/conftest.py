"""Settings of the property tests: a shared machine may pause any of them, so none has a deadline."""

from hypothesis import settings

settings.register_profile("speechapp", deadline=None)
settings.load_profile("speechapp")
