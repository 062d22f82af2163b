"""What holds for every test."""

from hypothesis import settings

# A test on a busy shared machine takes as long as it takes: a deadline would fail it by chance.
settings.register_profile("loadstone", deadline=None)
settings.load_profile("loadstone")
