"""What the ministry's sheets look like: each column declared once, with what it is called and how it is read."""
