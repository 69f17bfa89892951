"""Excel and LibreOffice files: where things stand in them, writing them, reading them. No scoring."""
