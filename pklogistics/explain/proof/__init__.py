"""A bound proven at prices, part by part: what the certificate of a plan is believed by."""
