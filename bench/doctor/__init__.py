"""Set-ups with one leg broken each, and healthy ones, before ``outtray doctor``."""
