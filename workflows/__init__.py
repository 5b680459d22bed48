"""The review: tasks, responsibility, freshness, notifications."""
