"""Who decides: the loop, the safety rooms, sessions and programs, and the people's surfaces."""
