"""Tests of the settings and the addresses."""
