"""精细化考核.html: the product in one file for a browser, with nothing installed and nothing sent anywhere."""
