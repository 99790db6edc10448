"""Where the program writes down what went wrong, for whoever has to find out why."""
