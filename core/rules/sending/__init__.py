"""What an answer of SES means, and when nothing more may leave."""
