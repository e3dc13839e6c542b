"""HTML pages about datasets and variations, and rating sheets for people."""
