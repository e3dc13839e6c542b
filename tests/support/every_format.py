"""A folder with a file of every kind that `prepare` reads, and the post or reject expected for every row."""

import csv
import gzip
import io
import json
import zipfile
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

WORDS = "The kettle number {} sings in the kitchen, and the lamp beside it goes out."
LONG = "and so the letter goes on " * 40_000


def words(number):
    return WORDS.format(number)


def write_every_format(folder):
    """Fills the folder. EXPECTED and REJECTED hold what its rows become."""
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def table(rows, **dialect):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **dialect).writerows(rows)
    return text.getvalue()


def zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text)
    return archive.getvalue()


def parquet(columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def wp_post(number, content, *, status="publish", kind="post"):
    """A row of WordPress's table of posts as a database dump has it: 23 columns, no header."""
    day = f"2020-01-{number:02d} 10:00:00"
    return [
        *(number, 1, day, "0000-00-00 00:00:00", content, f"Title {number}", "", status, "open", "open", ""),
        *("slug", "", "", day, day, "", 0, f"http://kettle.example/?p={number}", 0, kind, "", 0),
    ]


def item(number, content, *, status="publish", kind="post"):
    return (
        f"<item><title>Title {number}</title><content:encoded><![CDATA[{content}]]></content:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>"
        "<wp:comment><wp:comment_author>Visitor</wp:comment_author>"
        "<wp:comment_content>A comment by a visitor.</wp:comment_content></wp:comment></item>\n"
    )


YAML = f"""\ufeff
---
# what follows was moved twice
title: An old title
title: The last title
author: {{name: Jane Doe, url: https://jane.example}}
date: 2014-05-15 22:00:48 -0400
tags: !set [tea, water]
---

{{{{< figure src="kettle.png" >}}}}{words(1)}

<!--more-->

```
---
code: here
---
```
"""
TOML = f"+++\ntitle = 'Of rust'\ndate = 2023-12-05\n[taxonomies]\ntags = ['iron']\n+++\n\n{{% include x %}}{words(2)}\n"
HTML = f"""<html><head><title>Salt &amp; pepper</title><style>p {{}}</style></head><body>
<script>alert("no text")</script><p>{words(3)}</p><ul><li>Salt &amp; pepper</li></ul></body></html>"""
UGLY = f"---\r\ntitle: Ends\r---\n\r\nno\u00a0break, ze\u200bro, so\u00adft\r{words(4)}\r\n\r\nItâ€™s mended.\n"

MIXED_CSV = b"".join(
    [
        b"ID,Title,Content,Date,Status,Post Type,Categories\r\n",
        f'1, "One, two", "{words(10)}\n\nA second ""paragraph"".",2021-03-04,publish,post,tea|water\r\n'.encode(),
        f"2,Draft,{words(11).replace(',', '')},2021-03-05,draft,post,\n".encode(),
        f"3,Page,{words(12).replace(',', '')},2021-03-06,publish,page,\r".encode(),
        b"4,Latin,caf\xe9 \x93quoted\x94,2021-03-07,publish,post,\r\n",
        b"5,Nul,be\0fore and af\0ter,2021-03-08,publish,post,\n",
        b"6,Few\n",
        b'7,Open,"never closed,2021-03-09,publish,post,\n',
        b"8,Bytes,bad \x81 byte,2021-03-10,publish,post,\n",
        b"9,<script>alert(1)</script>,   ,2021-03-11,publish,post,\n",
        f"10,Long,{LONG},2021-03-12,publish,post,\n".encode(),
        f"11,Last,{words(13).replace(',', '')},2021-03-13,publish,post,\n".encode(),
    ]
)
ATOM = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><generator>Blogger</generator>
<entry><id>tag:blogger.com,1999:blog-1.post-2</id><published>2023-12-05T10:00:00.000+01:00</published>
<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/>
<title type="text">Of Blogger</title><content type="html">&lt;p&gt;{words(80)}&lt;/p&gt;</content></entry>
<entry><id>tag:blogger.com,1999:blog-1.post-3</id><published>2023-12-06T10:00:00.000+01:00</published>
<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#comment"/>
<title type="text">Visitor</title><content type="html">A comment by a visitor.</content></entry></feed>
"""
WXR = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><wp:wxr_version>1.2</wp:wxr_version>\n'
    + item(71, f"<p>{words(70)}</p>[caption]A kettle[/caption]")
    + item(72, words(71), status="draft")
    + item(73, words(72), kind="page")
    + item(74, "kettle.png", kind="attachment", status="inherit")
    + "</channel></rss>\n"
)

FILES = {
    "blog/2014-05-15-yaml.md": YAML,
    "blog/deep/er/toml.md": TOML,
    "blog/page.html": HTML,
    "blog/ugly.txt": UGLY,
    "blog/json.txt": json.dumps({"title": "T {x}", "tags": ["a"]}, indent=1) + f"\n\n{words(5)}\n",
    "blog/2019-07-08-broken.txt": f"---\ntitle: A: B\ntags: [a,\n---\n{words(6)}\n",
    "blog/same.txt": words(6),
    "blog/tabs.md": f"---\ntitle:\tTabs\nauthors:\n\t- Jane\n\t- John\n---\n\n{words(7)}\n",
    "blog/2018-02-03-a-slug/index.md": words(8),
    "blog/empty.md": "---\ntitle: Nothing\n---\n",
    "blog/script.html": "<script>alert(1)</script>",
    "blog/picture.txt": b"\x89PNG\r\n\x81\x8d",
    "blog/kettle.png": b"\x89PNG",
    "exports/mixed.csv": MIXED_CSV,
    "exports/authors.csv": table([["id", "pen name"], ["1", "Jane"]]),
    "exports/tabs.tsv": table([["id", "title", "body"], ["1", "CR", words(20)], ["2", "B", words(21)]], delimiter="\t")
    .replace("\n", "\r")
    .encode(),
    "exports/tabs_named.csv": table([["id", "text"], ["1", words(22)], ["2", words(23)]], delimiter="\t"),
    "exports/trailing.csv": f'id;text\n1;"{words(24)}";\n2;"{words(25)}";\n3;"{words(26)}";\n',
    "exports/wp_posts.csv": table(
        [wp_post(1, words(27)), wp_post(2, words(28), status="trash"), wp_post(3, words(29))]
    ),
    "exports/kaggle.csv": table([["id", "gender", "age", "topic", "sign", "date", "text"]])
    + table([["77", "female", "30", "Student", "Leo", "14,May,2004", words(30)]]),
    "exports/wordpress.csv": table(
        [
            ["ID", "post_author", "post_date", "post_content", "post_title", "post_status", "post_type"],
            ["31", "Jane", "2020-02-01 10:00:00", f"<p>{words(31)}</p>", "Of WordPress", "publish", "post"],
        ]
    ),
    "exports/ghost.csv": table(
        [
            ["id", "title", "slug", "html", "plaintext", "status", "type", "published_at", "tags"],
            [
                "32",
                "Of Ghost",
                "s",
                f"<p>{words(32)}</p>",
                "",
                "published",
                "post",
                "2020-02-02T10:00:00Z",
                "#tea, cup",
            ],
        ]
    ),
    "exports/medium.csv": table(
        [
            ["author", "claps", "reading_time", "link", "title", "text"],
            ["Jane", "1.2K", "5", "https://kettle.example", "Of Medium", words(33)],
        ]
    ),
    "exports/blogger.csv": table(
        [["Title", "Published", "Labels", "Content"], ["Of labels", "2020-02-04", "tea, cup", words(34)]]
    ),
    "exports/substack/posts.csv": table(
        [
            ["post_id", "post_date", "is_published", "email_sent_at", "type", "title", "podcast_url"],
            ["35.of-substack", "2020-02-05T10:00:00Z", "true", "", "newsletter", "Of Substack", ""],
        ]
    ),
    "exports/substack/posts/35.of-substack.html": f"<p>{words(35)}</p>",
    "exports/excel.csv": f'sep=;\r\nid;text\r\n1;"{words(36)}"\r\n'.encode("utf-16"),
    "exports/blogger.atom": ATOM,
    "exports/packed.csv.gz": gzip.compress(table([["id", "content"], ["1", words(40)], ["2", words(41)]]).encode()),
    "exports/packed.csv.zst": pa.compress(
        table([["id", "content"], ["1", words(42)], ["2", ""]]).encode(), codec="zstd", asbytes=True
    ),
    "exports/both.zip": zipped(
        {
            "inner/table.csv": table([["id", "content"], ["1", words(43)]]),
            "page.html": f"<p>{words(44)}</p>",
            "picture.png": "x",
        }
    ),
    "exports/broken.csv.gz": b"no gzip",
    "exports/lines.jsonl": "\n".join(
        [
            json.dumps({"id": 1, "title": "Line", "body": words(50), "tags": ["a", "b"]}),
            '{"id": 2, "body": "cut off',
            json.dumps(["no", "object"]),
            json.dumps({"id": 4, "words": words(51)}),
            json.dumps({"id": 5, "body": words(52), "status": "private"}),
            "",
            json.dumps({"id": 6, "body": words(53) + "\ud83d\u0000"}),
        ]
    ),
    "exports/table.parquet": parquet(
        {
            "post_id": pa.array([60, 61, 62, 63]),
            "date": pa.array([date(2022, 1, 2)] * 4),
            "content": [words(60), None, words(61), words(62)],
            "post_status": ["publish", "publish", "pending", "publish"],
        }
    ),
    "exports/wordpress.xml": WXR,
    "exports/sitemap.xml": "<urlset><url><loc>https://kettle.example</loc></url></urlset>",
}

EXPECTED = {
    "blog/2014-05-15-yaml.md#0": f"{words(1)}\n\n```\n---\ncode: here\n---\n```",
    "blog/deep/er/toml.md#0": words(2),
    "blog/page.html#0": f"{words(3)}\n\n- Salt & pepper",
    "blog/ugly.txt#0": f"no break, zero, soft {words(4)}\n\nIt’s mended.",
    "blog/json.txt#0": words(5),
    "blog/2019-07-08-broken.txt#0": words(6),
    "blog/tabs.md#0": words(7),
    "blog/2018-02-03-a-slug/index.md#0": words(8),
    "exports/mixed.csv#1": f'{words(10)}\n\nA second "paragraph".',
    "exports/mixed.csv#4": "café “quoted”",
    "exports/mixed.csv#5": "before and after",
    "exports/mixed.csv#10": LONG.strip(),
    "exports/mixed.csv#11": words(13).replace(",", ""),
    "exports/tabs.tsv#1": words(20),
    "exports/tabs.tsv#2": words(21),
    "exports/tabs_named.csv#1": words(22),
    "exports/tabs_named.csv#2": words(23),
    "exports/trailing.csv#1": words(24),
    "exports/trailing.csv#2": words(25),
    "exports/trailing.csv#3": words(26),
    "exports/wp_posts.csv#1": words(27),
    "exports/wp_posts.csv#3": words(29),
    "exports/kaggle.csv#1": words(30),
    "exports/wordpress.csv#1": words(31),
    "exports/ghost.csv#1": words(32),
    "exports/medium.csv#1": words(33),
    "exports/blogger.csv#1": words(34),
    "exports/substack/posts.csv#1": words(35),
    "exports/excel.csv#1": words(36),
    "exports/blogger.atom#1": words(80),
    "exports/packed.csv.gz#1": words(40),
    "exports/packed.csv.gz#2": words(41),
    "exports/packed.csv.zst#1": words(42),
    "exports/both.zip/inner/table.csv#1": words(43),
    "exports/both.zip/page.html#0": words(44),
    "exports/lines.jsonl#1": words(50),
    "exports/lines.jsonl#6": f"{words(53)}?",
    "exports/table.parquet#1": words(60),
    "exports/table.parquet#4": words(62),
    "exports/wordpress.xml#1": f"{words(70)}\n\nA kettle",
}
"""The text of every post, by source and position."""

REJECTED = {
    "blog/empty.md#0": ("read", "empty body", ""),
    "blog/picture.txt#0": ("read", "undecodable bytes", ""),
    "blog/same.txt#0": ("dedup", "exact duplicate", "blog/2019-07-08-broken.txt#0"),
    "blog/script.html#0": ("clean", "no text after cleaning", ""),
    "exports/authors.csv#0": (
        "read",
        "no content column",
        (
            "exports/authors.csv: no content column among id, pen name; name it with --columns content=NAME, or by"
            " number (--columns content=4) if the file has no header row"
        ),
    ),
    "exports/mixed.csv#2": ("read", "not published", "draft"),
    "exports/mixed.csv#3": ("read", "not a post", "page"),
    "exports/mixed.csv#6": ("read", "field count", "2"),
    "exports/mixed.csv#7": ("read", "unclosed quote", ""),
    "exports/mixed.csv#8": ("read", "undecodable bytes", ""),
    "exports/mixed.csv#9": ("read", "empty content", ""),
    "exports/wp_posts.csv#2": ("read", "not published", "trash"),
    "exports/blogger.atom#2": ("read", "not a post", "comment"),
    "exports/packed.csv.zst#2": ("read", "empty content", ""),
    "exports/broken.csv.gz#0": ("read", "unreadable", "BadGzipFile: Not a gzipped file (b'no')"),
    "exports/lines.jsonl#2": ("read", "not JSON", "Unterminated string starting at: line 1 column 19 (char 18)"),
    "exports/lines.jsonl#3": ("read", "not a JSON object", ""),
    "exports/lines.jsonl#4": ("read", "no content field", "id, words"),
    "exports/lines.jsonl#5": ("read", "not published", "private"),
    "exports/table.parquet#2": ("read", "empty content", ""),
    "exports/table.parquet#3": ("read", "not published", "pending"),
    "exports/wordpress.xml#2": ("read", "not published", "draft"),
    "exports/wordpress.xml#3": ("read", "not a post", "page"),
    "exports/wordpress.xml#4": ("read", "not a post", "attachment"),
    "exports/sitemap.xml#0": ("read", "not a WordPress export", ""),
}
"""Stage, reason and value of the reject of every other row, by source and position."""
