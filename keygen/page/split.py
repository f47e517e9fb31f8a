"""Finished files cut apart and put together, page by page, by pikepdf; the same pages give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pikepdf


def split(whole: bytes, starts: Sequence[int]) -> Iterator[bytes]:
    """The documents of a file, each begins after `starts` pages; a document has the fonts of its own pages."""
    with pikepdf.open(BytesIO(whole)) as source:
        for first, end in pairwise([*starts, len(source.pages)]):
            with pikepdf.new() as part:
                part.pages.extend(source.pages[first:end])
                yield saved(part)


def joined(files: Iterable[Path], into: Path) -> None:
    """All pages of the files, one after the other, in a new file."""
    with ExitStack() as stack, pikepdf.new() as whole:
        for file in files:
            whole.pages.extend(stack.enter_context(pikepdf.open(file)).pages)
        whole.save(into, **OPTIONS)


def saved(pdf: pikepdf.Pdf) -> bytes:
    """The bytes of a file."""
    data = BytesIO()
    pdf.save(data, **OPTIONS)
    return data.getvalue()


# The streams stay as TeX has packed them; the identity comes from the content.
OPTIONS = {"deterministic_id": True, "object_stream_mode": pikepdf.ObjectStreamMode.generate, "compress_streams": True}
