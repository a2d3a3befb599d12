"""What is kept of each session."""
