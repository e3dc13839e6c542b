"""Find out which character set a file is written in, and decode it."""
