"""The demo: invented organisations and people, real and invented services, so that a newcomer sees a living site."""
