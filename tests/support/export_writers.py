"""Posts as the export of each platform has them, written by the platform's own rules."""

import csv
import html
import io
import json
import zipfile
from dataclasses import dataclass, replace

import yaml


@dataclass(frozen=True)
class Post:
    title: str
    author: str
    date: str
    category: tuple[str, ...]
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]

    @property
    def text(self):
        return "\n\n".join(self.paragraphs)

    @property
    def html(self):
        return "\n".join(f"<p>{html.escape(each, quote=False)}</p>" for each in self.paragraphs)


def markdown(posts):
    return {f"blog/{number}.md": _with_front_matter(post) for number, post in enumerate(posts)}


def text(posts):
    return {f"{post.date}-n{number}.txt": post.text for number, post in enumerate(posts)}


def table(posts):
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["id", "title", "author", "date", "category", "tags", "content"])
    for number, post in enumerate(posts):
        labels = ["|".join(post.category), json.dumps(post.tags)]
        rows.writerow([number, post.title, post.author, post.date, *labels, post.text])
    return {"posts.csv": file.getvalue()}


def lines_of_json(posts):
    rows = (
        {"id": number, "title": post.title, "author": {"name": post.author}, "published_at": f"{post.date}T10:00:00Z",
         "categories": post.category, "tags": [{"name": tag} for tag in post.tags], "body_html": post.html}
        for number, post in enumerate(posts)
    )  # fmt: skip
    return {"posts.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)}


def wordpress(posts):
    items = "".join(_wordpress_item(number, post) for number, post in enumerate(posts))
    spaces = " ".join(f'xmlns:{name}="{name}"' for name in ("content", "dc", "wp"))
    return {
        "export.xml": '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rss version="2.0" {spaces}><channel><wp:wxr_version>1.2</wp:wxr_version>{items}</channel></rss>\n'
    }


def blogger(posts):
    entries = "".join(_blogger_entry(number, post) for number, post in enumerate(posts))
    generator = "<generator>Blogger</generator>"
    return {"blog.xml": f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{generator}{entries}</feed>'}


def ghost(posts):
    names = sorted({name for post in posts for name in (post.author, *post.tags)})
    tables = {
        "posts": [
            {"id": f"{number}", "title": post.title, "html": post.html, "status": "published", "type": "post",
             "published_at": f"{post.date}T10:00:00.000Z"}
            for number, post in enumerate(posts)
        ],
        "users": [{"id": name, "name": name} for name in names],
        "tags": [{"id": name, "name": name} for name in names],
        "posts_authors": [{"post_id": f"{number}", "author_id": post.author} for number, post in enumerate(posts)],
        "posts_tags": [
            {"post_id": f"{number}", "tag_id": tag, "sort_order": order}
            for number, post in enumerate(posts)
            for order, tag in enumerate(post.tags)
        ],
    }  # fmt: skip
    return {"ghost.json": json.dumps({"db": [{"meta": {"version": "5.0"}, "data": tables}]})}


def substack(posts):
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow(["post_id", "post_date", "is_published", "email_sent_at", "type", "title", "podcast_url"])
    for number, post in enumerate(posts):
        rows.writerow([f"{number}.a", f"{post.date}T10:00:00.000Z", "true", "", "newsletter", post.title, ""])
    pages = {f"posts/{number}.a.html": post.html for number, post in enumerate(posts)}
    return {"export.zip": _zipped({"posts.csv": file.getvalue(), **pages, "email_list.a.csv": "email\na@b.example\n"})}


def medium(posts):
    pages = {f"posts/{post.date}_A-{number}.html": _medium_page(post) for number, post in enumerate(posts)}
    return {"medium.zip": _zipped({**pages, "profile/profile.html": "<p>a@b.example</p>"})}


def without(*fields):
    """What remains of a post in an export that has no such fields."""
    empty = {"title": "", "author": "", "date": "", "category": (), "tags": ()}
    return lambda post: replace(post, **{field: empty[field] for field in fields})


WRITERS = {
    markdown: without(),
    text: without("title", "author", "category", "tags"),
    table: without(),
    lines_of_json: without(),
    wordpress: without(),
    blogger: without("category"),
    ghost: without("category"),
    substack: without("author", "category", "tags"),
    medium: without("category", "tags"),
}
"""Each writer, and what is left of a post in its export."""


def _with_front_matter(post):
    fields = {"title": post.title, "author": post.author, "date": post.date}
    fields |= {"categories": [*post.category], "tags": [*post.tags]}
    return f"---\n{yaml.safe_dump(fields, allow_unicode=True)}---\n\n{post.text}\n"


def _wordpress_item(number, post):
    labels = [("category", each) for each in post.category] + [("post_tag", each) for each in post.tags]
    terms = "".join(f'<category domain="{kind}" nicename="x"><![CDATA[{name}]]></category>' for kind, name in labels)
    content = html.escape(post.text, quote=False)
    return (
        f"<item><title>{html.escape(post.title)}</title><dc:creator><![CDATA[{post.author}]]></dc:creator>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date>{post.date} 10:00:00</wp:post_date><wp:status>publish</wp:status>"
        f"<wp:post_type>post</wp:post_type>{terms}</item>\n"
    )


def _blogger_entry(number, post):
    scheme = "http://schemas.google.com/"
    kind = f'<category scheme="{scheme}g/2005#kind" term="{scheme}blogger/2008/kind#post"/>'
    labels = "".join(f'<category scheme="http://www.blogger.com/atom/ns#" term="{html.escape(t)}"/>' for t in post.tags)
    return (
        f"<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id><published>{post.date}T10:00:00.000Z</published>"
        f'{kind}{labels}<title type="text">{html.escape(post.title)}</title>'
        f'<content type="html">{html.escape(post.html)}</content>'
        f"<author><name>{html.escape(post.author)}</name></author></entry>"
    )


def _medium_page(post):
    title = html.escape(post.title)
    return (
        f'<!DOCTYPE html><html><head><title>{title}</title></head><body><article class="h-entry">'
        f'<header><h1 class="p-name">{title}</h1></header><section data-field="body" class="e-content">'
        f'<h3 class="graf graf--h3 graf--title">{title}</h3>{post.html}</section>'
        f'<footer><p>By <a class="p-author h-card" href="#">{html.escape(post.author)}</a> on '
        f'<time class="dt-published" datetime="{post.date}T10:00:00.000Z">x</time>.</p></footer>'
        "</article></body></html>"
    )


def _zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return archive.getvalue()
