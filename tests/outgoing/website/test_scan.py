"""A website in a few pages: the one that was named and those that say what the company does."""

import json

import gevent
import pytest
from gevent.event import Event

from app.outgoing.fetch import FetchFailed, FetchRefused
from app.outgoing.website import scan as scanning
from app.outgoing.website.scan import Scanner, TooManyScans, scan
from tests.outgoing.site import Site


def says(text: str, *links: str) -> str:
    anchors = "".join(f"<a href='{link}'>{link.rpartition('/')[2]}</a>" for link in links)
    return f"<title>{text}</title><nav>{anchors}</nav><main><p>{f'{text} is what this page is about. ' * 3}</p></main>"


def test_a_page_is_told_in_plain_json(site: Site) -> None:
    site.page("/", says("Bread") + "<meta name=description content=Fresh><meta property=og:type content=website>")
    told = scan(site.url, site.allow)
    assert json.loads(json.dumps(told)) == told
    assert (told["url"], told["title"], told["description"]) == (site.url + "/", "Bread", "Fresh")
    assert (told["open_graph"], told["structured"], told["links"]) == ({"type": "website"}, [], [])
    assert told["pages"] == [{key: told[key] for key in ("url", "title", "description", "text")}]


def test_pages_about_the_company_are_read_too(site: Site) -> None:
    site.page("/", says("Home", "/blog", "/about-us", "/products/scales", "/login", "/pricing"))
    for path in ("/about-us", "/products/scales", "/pricing", "/blog", "/login"):
        site.page(path, says(path.strip("/")))
    told = scan(site.url, site.allow)
    assert [page["url"].removeprefix(site.url) for page in told["pages"]] == [
        "/",
        "/about-us",
        "/products/scales",
        "/pricing",
    ]
    assert "pricing is what" in told["text"]
    assert not {"/blog", "/login"} & set(site.paths)


def test_a_links_words_say_where_it_leads(site: Site) -> None:
    site.page("/", says("Home") + "<a href=/p/7>Our customers</a><a href=/p/8>News</a>")
    site.page("/p/7", says("Bakers"))
    assert [page["title"] for page in scan(site.url, site.allow)["pages"]] == ["Home", "Bakers"]


def test_at_most_five_pages_are_read_one_of_each_subject_first(site: Site) -> None:
    names = ["about", "about/team", "about/press", "product", "service", "pricing", "customers"]
    site.page("/", says("Home", *(f"/{name}" for name in names)))
    for name in names:
        site.page(f"/{name}", says(name))
    assert len(scan(site.url, site.allow)["pages"]) == 5
    assert sorted(site.paths) == ["/", "/about", "/pricing", "/product", "/service"]


def test_other_sites_are_left_alone(site: Site) -> None:
    with Site() as other:
        other.page("/about", says("Other"))
        site.page("/", says("Home", other.url + "/about", "/products", "http://127.0.0.1:1/pricing", "/customers.pdf"))
        site.redirect("/products", other.url + "/about")
        told = scan(site.url, site.allow | other.allow)
    assert [page["title"] for page in told["pages"]] == ["Home"]
    assert other.paths == ["/about"]  # where the redirect led, and what it says is not kept


def test_pages_that_fail_are_left_out(site: Site) -> None:
    site.page("/", says("Home", "/about", "/products", "/pricing", "/customers"))
    site.page("/about", says("Gone"), status=500)
    site.redirect("/products", "http://169.254.169.254/")
    site.page("/pricing", "x", Content_Type="image/png")
    site.page("/customers", says("Bakers"))
    assert [page["title"] for page in scan(site.url, site.allow)["pages"]] == ["Home", "Bakers"]


def test_a_page_that_leads_home_is_not_told_twice(site: Site) -> None:
    site.page("/", says("Home", "/about", "/products"))
    site.redirect("/about", "/")
    site.redirect("/products", "/")
    assert len(scan(site.url, site.allow)["pages"]) == 1


def test_all_text_together_is_bounded(site: Site) -> None:
    words = "".join(f"<p>Sentence number {number} says something new about bread.</p>" for number in range(1200))
    site.page("/", says("Home", "/about") + words)
    site.page("/about", says("About") + words)
    assert len(scan(site.url, site.allow)["text"]) <= 50_000


@pytest.mark.parametrize("markup", ["", "<p>Soon.</p>", "<script>" + "code();" * 100 + "</script>", "<img>" * 50])
def test_a_website_without_text_is_an_error(site: Site, markup: str) -> None:
    site.page("/", markup)
    with pytest.raises(FetchFailed) as failed:
        scan(site.url, site.allow)
    assert (failed.value.status, failed.value.text) == (502, "The website has no readable text")


@pytest.mark.parametrize("status", [404, 403, 500, 304])
def test_an_error_page_is_no_website(site: Site, status: int) -> None:
    site.page("/", says("Not found"), status=status)
    with pytest.raises(FetchFailed):
        scan(site.url, site.allow)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "file:///etc/passwd", "127.0.0.1:8000", "mailto:x@y.z", "", "//x"]
)
def test_what_may_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(FetchRefused):
        scan(url, frozenset())


@pytest.mark.parametrize("url", ["secure.test:{port}", " secure.test:{port}/about "])
def test_an_address_without_a_scheme_is_taken_as_https(site: Site, url: str) -> None:
    """It is answered in plain HTTP here, so the handshake fails; a refusal would mean that it was not even tried."""
    with pytest.raises(FetchFailed):
        scan(url.format(port=site.port), frozenset({f"secure.test:{site.port}"}), resolve=lambda _: ["127.0.0.1"])
    assert not site.asked


def test_two_scans_of_a_person_run_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, may_answer = [], Event()

    def resolve(host: str) -> list[str]:
        asked.append(host)
        may_answer.wait()
        return []

    def scanned(name: str, owner: str) -> str:
        with pytest.raises(FetchRefused):
            scanner.scan(f"http://{name}.test/", owner)
        return name

    scanner = Scanner(frozenset(), resolve)
    mine = [gevent.spawn(scanned, f"mine{number}", "me") for number in range(4)]
    theirs = gevent.spawn(scanned, "theirs", "them")
    gevent.idle()
    assert asked == ["mine0.test", "mine1.test", "theirs.test"]
    monkeypatch.setattr(scanning, "SECONDS", 0.01)
    with pytest.raises(TooManyScans):
        scanner.scan("http://impatient.test/", "me")
    may_answer.set()
    gevent.joinall([*mine, theirs], raise_error=True)
    assert {"mine2.test", "mine3.test"} < set(asked)
