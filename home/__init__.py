"""The front doors: home, content pages, navigation, and the public pages that need more than one room."""
