"""``python -m tools.audit``: what is known against the locked packages. Arguments go to pip-audit.

Fails when something is. When no database of vulnerabilities can be asked, it says so in one line and passes.
"""

import json
import re
import subprocess
import sys
from typing import Any

from tools.lock import EVERYTHING, ROOT

ACCEPTED: dict[str, str] = {}  # ids of what can't hurt us, each with the reason
PATIENCE = 180  # seconds
AWAY = re.compile(r"requests\.exceptions\.|Could not connect|timed out", re.IGNORECASE)
AUDIT = [
    sys.executable, "-m", "pip_audit", "--requirement", str(EVERYTHING), "--require-hashes", "--disable-pip",
    "--no-deps", "--format", "json", "--progress-spinner", "off",
]  # fmt: skip


def main(arguments: list[str]) -> int:
    ignored = [f"--ignore-vuln={known}" for known in ACCEPTED]
    try:
        asked = subprocess.run(
            [*AUDIT, *ignored, *arguments], check=False, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return _not_audited("the database does not answer")
    if asked.stdout.startswith("{"):
        return _told(json.loads(asked.stdout)["dependencies"])
    if AWAY.search(asked.stderr):
        return _not_audited("no database of vulnerabilities can be reached")
    print(asked.stderr, file=sys.stderr)
    return 2


def _told(packages: list[dict[str, Any]]) -> int:
    known = [package for package in packages if "skip_reason" not in package]
    if not known:
        return _not_audited("the index that can be reached knows of no vulnerabilities")
    found = [(package, fault) for package in known for fault in package["vulns"]]
    for package, fault in found:
        fixed = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{package['name']} {package['version']}: {fault['id']}, fixed in {fixed}")
    print(f"audited {len(known)} of {len(packages)} packages: {len(found)} known vulnerabilities")
    return 1 if found else 0


def _not_audited(reason: str) -> int:
    print(f"not audited: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
