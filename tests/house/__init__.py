"""Tests of the codebase itself: the rules of the house that a machine can see."""
