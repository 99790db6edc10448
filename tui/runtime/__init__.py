"""Between the program and the machine it runs on: what a terminal sends."""
