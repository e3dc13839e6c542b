"""Read posts from CSV and other delimited exports, however broken their quotes and line ends are."""
