"""The message layout of pprof's `profile.proto`, as far as we read it.

Built in code, so that neither a compiler nor a generated file is needed. Strings are read as bytes:
names of native programs need not be UTF-8. Fields left out here are skipped by the reader.

Profiles come from the component under test: every reference between messages is checked while
reading, and size, depth and number of frames are bounded.
"""

from __future__ import annotations

from typing import Any

import google.protobuf.descriptor_pb2
import google.protobuf.descriptor_pool
import google.protobuf.message_factory

# message → field → (number, type, repeated). The numbers are the format's.
_LAYOUT: dict[str, dict[str, tuple[int, str, bool]]] = {
    "Profile": {
        "sample_type": (1, "ValueType", True),
        "sample": (2, "Sample", True),
        "mapping": (3, "Mapping", True),
        "location": (4, "Location", True),
        "function": (5, "Function", True),
        "string_table": (6, "bytes", True),
        "drop_frames": (7, "int64", False),
        "keep_frames": (8, "int64", False),
        "duration_nanos": (10, "int64", False),
        "period_type": (11, "ValueType", False),
        "period": (12, "int64", False),
        "default_sample_type": (14, "int64", False),
    },
    "ValueType": {"type": (1, "int64", False), "unit": (2, "int64", False)},
    "Sample": {"location_id": (1, "uint64", True), "value": (2, "int64", True)},
    "Mapping": {
        "id": (1, "uint64", False),
        "memory_start": (2, "uint64", False),
        "memory_limit": (3, "uint64", False),
        "file_offset": (4, "uint64", False),
        "filename": (5, "int64", False),
        "build_id": (6, "int64", False),
    },
    "Location": {
        "id": (1, "uint64", False),
        "mapping_id": (2, "uint64", False),
        "address": (3, "uint64", False),
        "line": (4, "Line", True),
    },
    "Line": {"function_id": (1, "uint64", False), "line": (2, "int64", False)},
    "Function": {
        "id": (1, "uint64", False),
        "name": (2, "int64", False),
        "system_name": (3, "int64", False),
        "filename": (4, "int64", False),
        "start_line": (5, "int64", False),
    },
}
_PACKAGE = "loadstone.pprof"
_protobuf: Any = google.protobuf  # its types are partly made at run time


def _file() -> Any:
    file = _protobuf.descriptor_pb2.FileDescriptorProto(
        name="loadstone/pprof.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _LAYOUT.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            added = message.field.add(name=field, number=number)
            added.label = added.LABEL_REPEATED if repeated else added.LABEL_OPTIONAL
            if kind in _LAYOUT:
                added.type, added.type_name = added.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                added.type = getattr(added, f"TYPE_{kind.upper()}")
    return file


def _message(name: str) -> Any:
    pool = _protobuf.descriptor_pool.DescriptorPool()
    pool.Add(_file())  # a pool of our own: other users of this format keep theirs
    return _protobuf.message_factory.GetMessageClass(
        pool.FindMessageTypeByName(f"{_PACKAGE}.{name}")
    )


Profile = _message("Profile")
