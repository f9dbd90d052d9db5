"""The student's browser without script: follows redirects, keeps cookies, posts the forms it finds."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

MOST_STEPS = 12


class Page(HTMLParser):
    """Forms with their hidden inputs, links, and the text that people read."""

    def __init__(self, html):
        super().__init__()
        self.forms, self.links, self.text, self._silent = [], [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("method", "get").lower(), attrs.get("action", ""), []))
        elif tag == "input" and self.forms and attrs.get("type") == "hidden":
            self.forms[-1][2].append((attrs.get("name"), attrs.get("value", "")))
        elif tag == "a":
            self.links.append(attrs.get("href", ""))
        elif tag in ("script", "style"):
            self._silent += 1

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data):
        if not self._silent and data.strip():
            self.text.append(data.strip())


def walk(start, redirect_uri, student):
    """Walks from `start` through Pedell's pages until it is sent to `redirect_uri`; returns that address."""
    browser = requests.Session()
    browser.headers.update({"Accept": "text/html", "Accept-Language": "de"})
    trail, method, url, body = [], "GET", start, None
    for _ in range(MOST_STEPS):
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        headers = {"Origin": origin} if body else {}
        response = browser.request(method, url, data=body, headers=headers, allow_redirects=False, timeout=30)
        trail.append(f"{method} {urlsplit(url).path} {response.status_code}")
        if "Location" in response.headers:
            following = urljoin(url, response.headers["Location"])
            if _is_at(following, redirect_uri):
                return following, trail
            # 303 and 302 are followed with GET; 307 and 308 would repeat the student's data to another address.
            assert response.status_code in (302, 303), f"unexpected {response.status_code} at {trail}"
            method, url, body = "GET", following, None
            continue
        page = Page(response.text)
        onward = [link for link in page.links if _is_at(link, redirect_uri)]
        if onward:
            return onward[0], trail
        method, (url, body) = "POST", _fill(page, url, student, trail)
    raise AssertionError(f"no end after {MOST_STEPS} steps: {trail}")


def _is_at(url, redirect_uri):
    return urlsplit(url)[:3] == urlsplit(redirect_uri)[:3]


def _fill(page, base, student, trail):
    answers = {
        "/verify/choose": ("university",),
        "/verify/roster": ("matriculation_number", "given_names", "family_name", "birth_date"),
    }
    for method, action, hidden in page.forms:
        url = urljoin(base, action)
        path = urlsplit(url).path
        if method != "post" or path not in answers:
            continue
        assert dict(hidden).get("flow"), f"the form {path} has no hidden input flow"
        # The same form once more: the page says what is wrong. This student gives up, as does one who never wanted to.
        again = any(line.startswith(f"POST {path} ") and not line.endswith(" 303") for line in trail)
        if again or (student.get("gives_up") and path == "/verify/roster"):
            return url, [*hidden, ("cancel", "1")]
        return url, hidden + [(name, student[name]) for name in answers[path]]
    raise AssertionError(f"no form to fill after {trail}: {' '.join(page.text)[:600]}")
