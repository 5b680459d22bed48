"""What exists: vocabularies, places, snippets, organisation pages, services and work instructions."""
