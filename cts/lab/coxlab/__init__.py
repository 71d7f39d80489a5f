"""The lab: whole cluster nodes on one machine (or on a user's own machines), and scenarios that are played on them."""
