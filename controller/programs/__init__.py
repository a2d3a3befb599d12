"""Treatment plans: phases of minutes, speed and incline, and the follower that walks them."""
