"""How dates and times are written in Finland, where Django's own formats are another country's."""
