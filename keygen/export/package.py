"""Packages: zip files whose bytes depend on what is in them alone."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

BIRTH = (1980, 1, 1, 0, 0, 0)
"""The date of every file, the earliest that a zip file can say."""
DATE = "1980-01-01"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip file of these files in their order."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = ZipInfo(name, BIRTH)
            info.compress_type, info.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def identifier(*about: object) -> str:
    """A name for XML that is the same for the same thing, and another for any other."""
    return "k" + sha256("\0".join(map(str, about)).encode()).hexdigest()[:31]
