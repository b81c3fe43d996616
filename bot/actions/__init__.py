"""What the assistant does with what it understood."""
