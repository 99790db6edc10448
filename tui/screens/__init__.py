"""Full screens: they compose widgets and forward what a person wants."""
