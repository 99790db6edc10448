"""Follow up or resend many documents at once."""
