"""How the desk writes days, where that differs from what Django does in the language of the site."""
