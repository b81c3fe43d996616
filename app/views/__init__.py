"""What is at which address: the guide, contacts, the chat, and the site's own."""
