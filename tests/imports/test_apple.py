"""Apple's Journal: pages of HTML whose tags are not nested as they should be."""

from tests.conftest import Caller
from tests.imports.conftest import Import, entries, files, reasons, zipped

STYLE = "<style>span.s1 {font-weight: bold}</style>"
SPLICED = f"""<!DOCTYPE html><html><head>{STYLE}</head><body>
<p class="p1"><span class="s1"><div class="pageContainer">
<div class="pageHeader">Sunday, 3 November 2024</div>
<div class="assetGrid">
  <div id="PHOTO1" class="gridItem assetType_photo"><img src="../Resources/PHOTO1.heic" class="asset_image" /></div>
  <div id="MIND" class="gridItem assetType_stateOfMind">
    <div class="gridItemOverlayHeader">Sad, Overwhelmed</div><div class="gridItemOverlayFooter">Health</div></div>
  <div id="MAP" class="gridItem assetType_multiPinMap"><div class="gridItemOverlayHeader">Old Town Market</div></div>
</div>
<div class="title">A long day</div><div class="bodyText"></span></p>
<p class="p2"><span class="s2">Paragraph one, with an &amp;.</span></p>
<p class="p2"><span class="s2"></span><br></p>
<ul class="ul1"><li class="li3">Tea</li><li class="li3">A walk</li></ul>
<p class="p1"><span class="s1"></div></div></span></p>
</body></html>"""
WELL_FORMED = """<html><body><div class="pageContainer"><div class="pageHeader">Donnerstag, 29. Februar 2024</div>
<div class="reflectionPrompt">What made you smile?</div>
<div class="bodyText"><p class="p2">The <b>cat</b>.</p></div></div></body></html>"""
OLDER = """<html><body><div class="pageHeader">Tuesday, December 17, 2023</div><div class="assetGrid"></div>
<p class="p2"><span class="s2">Entry body text.</span></p></body></html>"""


def export(**pages: str) -> bytes:
    named = {f"AppleJournalEntries/Entries/{name.replace('_', '-')}.html": page for name, page in pages.items()}
    return zipped(
        named
        | {
            "AppleJournalEntries/index.html": "<html><body><a href='Entries/a.html'>All entries</a></body></html>",
            "AppleJournalEntries/Resources/PHOTO1.heic": b"\x00\x00\x00\x18ftypheic",
            "__MACOSX/AppleJournalEntries/Entries/._x.html": b"\x00\x05\x16\x07",
        }
    )


def test_a_page_is_an_entry_of_its_day(owner: Caller, import_file: Import) -> None:
    done = import_file(export(**{"2024_11_03": SPLICED}))
    assert (done["status"], done["format"], done["counts"]["entries"]) == ("completed", "apple", 1)
    (entry,) = entries(owner)
    assert (entry["title"], entry["entry_date"], entry["all_day"]) == ("A long day", "2024-11-03T00:00:00.000Z", True)
    assert entry["content"] == "Paragraph one, with an &.\n\n- Tea\n- A walk"
    assert (entry["mood"], entry["tags"], entry["place"]) == ("Sad", ["Overwhelmed"], "Old Town Market")
    assert (reasons(done), done["counts"]["attachments"], files(owner, entry)) == ([], 1, ["PHOTO1.heic"])


def test_other_forms_of_pages_and_other_languages_are_read(owner: Caller, import_file: Import) -> None:
    import_file(export(a=WELL_FORMED, b=OLDER))
    older, newer = entries(owner)
    assert (older["entry_date"][:10], older["content"]) == ("2023-12-17", "Entry body text.")
    assert (newer["entry_date"][:10], newer["content"]) == ("2024-02-29", "> What made you smile?\n\nThe **cat**.")


def test_a_day_that_no_table_has_is_read_from_the_name(owner: Caller, import_file: Import) -> None:
    page = WELL_FORMED.replace("Donnerstag, 29. Februar 2024", "czwartek, 29 lutego 2024")
    import_file(export(**{"2024_02_29_Kot": page}))
    assert entries(owner)[0]["entry_date"][:10] == "2024-02-29"


def test_a_page_without_a_day_is_told_of(owner: Caller, import_file: Import) -> None:
    done = import_file(export(a=WELL_FORMED, b="<div class='pageHeader'>Some day</div><div class='bodyText'>x</div>"))
    assert done["counts"]["entries"] == 1
    assert ("AppleJournalEntries/Entries/b.html", "its date is not understood: 'Some day'") in reasons(done)


def test_html_that_nobody_writes_costs_its_page_alone(owner: Caller, import_file: Import) -> None:
    deep = "<div class='pageHeader'>3 May 2024</div><div class='bodyText'>" + "<b>" * 20_000
    done = import_file(export(a=WELL_FORMED, b=deep, c="<div class='pageHeader'>" + "x" * 3_000_000))
    assert (done["status"], done["counts"]["entries"]) == ("completed", 1)
    assert {item[-6:] for item, _ in reasons(done)} == {"b.html", "c.html", "1.heic"}
