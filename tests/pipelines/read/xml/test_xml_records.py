import io

import pytest

from pipelines.read.xml import xml_records
from pipelines.read.xml.xml_records import BrokenXml, XmlRecord, read_xml_records


def read(text):
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_xml_records(io.BytesIO(data), tags=frozenset({"item"}), paths=frozenset({"a", "b/c", "category"})))


def test_records_hold_the_texts_at_the_paths_alone():
    text = '<rss><item><a>One&nbsp;1</a><b><c>Two</c><d>No</d></b><category n="x">Tea</category></item></rss>'
    assert read(text) == [
        XmlRecord(
            tag="item",
            texts={"a": "One\xa01", "b/c": "Two", "category": "Tea"},
            categories=[({"n": "x"}, "Tea")],
        )
    ]


def test_a_broken_record_is_mended():
    assert [record.texts for record in read("<rss><item><a>Tea & rain</a></item><item><a>2</a></item></rss>")] == [
        {"a": "Tea & rain"},
        {"a": "2"},
    ]


def test_a_record_that_cannot_be_mended_is_told_and_the_next_is_read():
    broken, record = read("<rss>\n<item><a>One</b>\n<item><a>2</a></item></rss>")
    assert isinstance(broken, BrokenXml)
    assert broken.line == 2
    assert record == XmlRecord(tag="item", texts={"a": "2"})


def test_a_file_that_declares_entities_is_read_no_further():
    text = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b">]><rss><item><a>&a;</a></item></rss>'
    assert [broken.message for broken in read(text)] == ["an entity is declared"]


def test_a_text_beyond_the_limit_is_cut(monkeypatch):
    monkeypatch.setattr(xml_records, "RECORD_LIMIT", 4)
    (record,) = read("<rss><item><a>12345</a></item></rss>")
    assert record.too_long


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_the_declared_encoding_is_read(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss><item><a>né</a></item></rss>'
    assert [record.texts for record in read(text.encode(encoding))] == [{"a": "né"}]
