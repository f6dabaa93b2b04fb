"""Every name that a prompt may use: its type, the source that it comes from, and the JMESPath to it in that source."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from app.workspace.sources.interfaces import Source


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    type: str
    source: Source
    path: str
    description: str


PARAMETERS = {
    name: Parameter(name, kind, Source(source), path, description)
    for source, rows in tomllib.loads(Path(__file__).with_suffix(".toml").read_text()).items()
    for names, (kind, path, description) in rows.items()
    for name in names.split("/")
}
