"""A profile as large as one may be, of no program: every stack is another one."""

from __future__ import annotations

import numpy as np

from loadstone.profiles import wire

DEPTH = 45  # functions of a stack
WIDTH = 2_800  # functions that can be at one depth
SAMPLES = 210_000
MIB = 2**20
_PATH = "example.com/generated/module{}/pkg/controllers/internal/package_of_generated_types_{}"


def profile() -> bytes:
    """A raw heap profile of about 50 MiB: nine million frames, and four values a stack."""
    draw = np.random.default_rng(7)
    types = [b"alloc_objects", b"count", b"alloc_space", b"bytes", b"inuse_objects", b"inuse_space"]
    names, files = _names()
    strings = [b"", *types, *names, *files]
    name, file = 1 + len(types), 1 + len(types) + len(names)
    layers = np.arange(DEPTH)[::-1] * WIDTH + 1
    stacks = (draw.integers(WIDTH, size=(SAMPLES, DEPTH)) + layers).tolist()
    values = draw.integers(1, 10**6, size=(SAMPLES, 4)).tolist()
    message = wire.Profile(
        sample_type=[
            {"type": kind, "unit": unit} for kind, unit in ((1, 2), (3, 4), (5, 2), (6, 4))
        ],
        string_table=strings,
        function=[
            {"id": at + 1, "name": name + at, "filename": file + at % len(files)}
            for at in range(len(names))
        ],
        location=[
            {"id": at + 1, "address": 64 * at, "line": [{"function_id": at + 1, "line": at % 900}]}
            for at in range(len(names))
        ],
    )
    for stack, each in zip(stacks, values, strict=True):
        message.sample.add(location_id=stack, value=each)
    return bytes(message.SerializeToString())


def _names() -> tuple[list[bytes], list[bytes]]:
    """The functions with their packages, and the files of these."""
    packages = [_PATH.format(at % 97, at) for at in range(4_000)]
    names = [
        f"{packages[at % 4_000]}.(*GeneratedType{at % 13}).ReconcileObjectOfNumber{at}".encode()
        for at in range(DEPTH * WIDTH)
    ]
    return names, [f"/src/{package}/generated_reconcile.go".encode() for package in packages]
