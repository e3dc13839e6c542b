"""Read the records of XML files, mending those that are no well-formed XML."""
