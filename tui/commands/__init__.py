"""Every command once, the keys in force, and the way to carry one out."""
