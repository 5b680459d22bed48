"""Addresses of static files: with the fingerprint of the manifest, worked out once."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from palvelumanuaali.static_files import RememberingManifestStorage


@pytest.fixture
def storage(tmp_path: Path) -> RememberingManifestStorage:
    manifest = {"version": "1.1", "hash": "x", "paths": {"css/base.css": "css/base.0123456789ab.css"}}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest), encoding="utf-8")
    return RememberingManifestStorage(
        location=tmp_path, base_url="/static/", manifest_storage=FileSystemStorage(location=tmp_path)
    )


def test_an_address_has_its_fingerprint_and_is_worked_out_once(storage: RememberingManifestStorage) -> None:
    assert storage.url("css/base.css") == "/static/css/base.0123456789ab.css"
    storage.hashed_files = {}
    assert storage.url("css/base.css") == "/static/css/base.0123456789ab.css"


def test_an_unknown_file_is_refused(storage: RememberingManifestStorage) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("css/no-such.css")
