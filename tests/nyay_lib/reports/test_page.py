"""Cells as a page shows them, and as its table keeps them."""

import orjson

from nyay_lib.reports.page import Bytes, Digest, figures_page

SHA256 = "0123456789abcdef" * 4


def test_a_digest_and_a_size_are_short_to_read_and_whole_in_the_table() -> None:
    page = figures_page("File", {"sha256": Digest(SHA256), "none yet": Digest("none"), "bytes": Bytes(1_234_567)})
    assert "| sha256 | 0123456789abcdef… |" in page.markdown and "| none yet | none |" in page.markdown
    assert "| bytes | 1.23 MB (1,234,567) |" in page.markdown
    kept = [{"figure": "sha256", "value": SHA256}, {"figure": "none yet", "value": "none"}]
    assert orjson.loads(orjson.dumps(page.table)) == [*kept, {"figure": "bytes", "value": 1_234_567}]
