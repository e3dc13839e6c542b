"""Rules that measure and judge the variations of a post."""
