"""Tests of the traffic with other systems."""
