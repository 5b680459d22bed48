"""Tests of people, organisations and areas."""
