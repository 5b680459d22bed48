"""Who: people, organisations, municipalities and areas, memberships, sign-in."""
