"""The tests: one folder per room, journeys through several rooms, and the rules of the house."""
