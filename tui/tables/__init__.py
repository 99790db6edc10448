"""Tables as data: columns, where rows come from, what can be copied or exported."""
