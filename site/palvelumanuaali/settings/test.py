"""Settings of the test suite: fast hashing, files in memory, warnings that count."""

import tempfile
from pathlib import Path

from .base import *

DEBUG = False
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
POST_OFFICE = {**POST_OFFICE, "BACKENDS": {"default": "django.core.mail.backends.locmem.EmailBackend"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = Path(tempfile.gettempdir())
WHITENOISE_AUTOREFRESH = True
# What Wagtail keeps beside every saved page, its own search and its index of references, costs a fifth of the suite's time.
# A test that stands on either asks for the fixture `tasks`.
TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
