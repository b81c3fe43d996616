"""What the assistant understands a message with: our own components in Rasa's pipeline."""
