"""What tells in which country somebody is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """``country`` is what the client says (ISO 3166-1), ``zone`` a time zone, ``accepted`` its Accept-Language."""

    country: str = ""
    zone: str = ""
    accepted: str = ""


NOWHERE = Place()
