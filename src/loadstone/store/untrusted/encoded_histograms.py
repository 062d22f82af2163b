"""Encoded HDR histograms from outside: base64 of a compressed payload that stays small."""

from __future__ import annotations

import base64
import binascii
import zlib

from loadstone.store.untrusted.artifact_limits import Limits

_HEAD = 8  # By: a cookie and the length of what follows


def sound(encoded: str, limits: Limits) -> bool:
    """Whether a text is base64 of something that unpacks, whole and within its limit."""
    if len(encoded) > limits.histogram or not encoded.isascii():
        return False
    try:
        packed = base64.b64decode(encoded, validate=True)[_HEAD:]
        unpacker = zlib.decompressobj()
        unpacker.decompress(packed, limits.histogram_unpacked)
    except (binascii.Error, zlib.error, ValueError):
        return False
    return unpacker.eof and not unpacker.unused_data
