"""Tables of the built-in kinds: they are read from an archive, too, in which no file has a path."""

import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src" / "loadstone"
READ = """
import sys
sys.path.insert(0, sys.argv[1])
from loadstone.apiserver.types import published_schemas, type_tables
assert ".zip" in type_tables.__file__
print(len(type_tables.types()), len(type_tables.merging()), len(published_schemas.schemas()))
"""


def test_an_archive_has_the_tables(tmp_path):
    place = tmp_path / "src" / "loadstone"
    shutil.copytree(SOURCE / "apiserver", place / "apiserver")
    (place / "__init__.py").touch()
    archive = shutil.make_archive(str(tmp_path / "server"), "zip", tmp_path / "src")
    told = subprocess.run(
        [sys.executable, "-c", READ, archive], capture_output=True, text=True, check=True
    )
    assert all(int(number) > 50 for number in told.stdout.split())
