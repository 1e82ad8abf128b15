"""What an installation needs of the operating system."""
