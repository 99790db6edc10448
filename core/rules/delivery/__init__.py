"""What SES's events mean for one delivery."""
