"""Tests of the front doors."""
