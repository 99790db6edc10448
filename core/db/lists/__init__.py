"""Lists for the screens: filters, orders, pages and searches as SQL."""
