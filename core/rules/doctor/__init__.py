"""What the way from SES to the queue needs: the rules that ``doctor`` and ``aws setup`` share."""
