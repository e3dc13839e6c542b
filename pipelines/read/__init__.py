"""Find the input files, read their posts and cut large files into work units."""
