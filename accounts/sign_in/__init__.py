"""Signing in: by password, passkey or single sign-on, with a second factor; the site's own face of django-allauth."""
