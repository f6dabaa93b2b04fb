"""``python -m tools.licences``: writes docs/licences.md, from what the locked packages say of themselves."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, metadata

from tools.lock import EVERYTHING, ROOT, SERVICE, packages

PAGE = ROOT / "docs" / "licences.md"
# What does not say it in its metadata, and what is installed on other platforms only.
READ_ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "espeakng-loader": "none stated; carries espeak-ng, GPL-3.0-or-later",
    "httpx2-jsfetch": "BSD-3-Clause",
}
HEAD = """# Licences of what is installed

Written by `make lock` from what the packages of `requirements-dev.lock` say of themselves. What that means for who
ships a bundle is in [libraries.md](libraries.md#licences).
"""


def main() -> None:
    service, everything = packages(SERVICE), packages(EVERYTHING)
    checks = everything.keys() - service.keys()
    PAGE.write_text("\n".join([HEAD, *table("The service", service), "", *table("Checks and tests", checks), ""]))


def table(title: str, names: Iterable[str]) -> list[str]:
    rows = [f"| {name} | {licence(name)} |" for name in sorted(names)]
    return [f"## {title}", "", "| package | licence |", "|---|---|", *rows]


def licence(name: str) -> str:
    if name in READ_ELSEWHERE:
        return READ_ELSEWHERE[name]
    try:
        said = metadata(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed here: add its licence to {__file__}") from None
    classified = [line.rsplit(" :: ", 1)[1] for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    texts = [*said.get_all("License-Expression", []), " / ".join(classified), *said.get_all("License", [])]
    found = next((text for text in texts if text), "")
    if not found or "\n" in found:
        raise SystemExit(f"{name} does not say its licence: add it to {__file__}")
    return found


if __name__ == "__main__":
    main()
