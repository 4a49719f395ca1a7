"""The site itself: settings, addresses, and the pieces that every app shares."""
