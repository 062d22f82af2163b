"""Puts an image by digest into an action: `release_image.py FILE IMAGE`."""

import re
import sys
from pathlib import Path

IMAGE = re.compile(r"[a-z0-9][a-z0-9./_-]*@sha256:[0-9a-f]{64}")


def released(text: str, image: str) -> str:
    """The action's text with the image. Raises `ValueError` for one that is not by digest."""
    if not IMAGE.fullmatch(image):
        raise ValueError(f"no image by digest: {image}")
    new, count = re.subn(r"^  image: .*$", f"  image: docker://{image}", text, flags=re.MULTILINE)
    if count != 1:
        raise ValueError("action.yml has no single `image:`")
    return new


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(released(path.read_text(encoding="utf-8"), sys.argv[2]), encoding="utf-8")
