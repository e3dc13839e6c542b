"""Read the single fields of a record (dates, lists, status ...) and make a post of them."""
