"""Who moves the octets: links, and one driver per kind of machine or sensor."""
