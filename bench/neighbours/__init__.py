"""Nobody is alone with a database: programs of every kind beside each other, ended in every way."""
