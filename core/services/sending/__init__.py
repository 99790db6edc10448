"""From a draft to the call of SES: the gate, the outbox, the brake, the answer."""
