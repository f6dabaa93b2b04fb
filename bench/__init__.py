"""What we claim, measured: ``make bench``."""
