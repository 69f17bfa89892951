"""What is handed to an office: the package for Windows with all it needs, and the page for a browser."""
