"""Vendors of models and of speech on the wire: real HTTP, scripted answers, faults.

Run it as ``python -m tests.double``.
"""
