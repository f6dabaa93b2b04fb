"""Requests to addresses that users name: public ones only, under a deadline, with bounded answers."""
