"""The traffic with other systems: imports, and later the API and exports."""
