"""Checkers of certificates, each short and plain: nothing here searches, and no solver is imported."""
