"""List the input files, leave out those that are no posts, and open them, compressed or in archives too."""
