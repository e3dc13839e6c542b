"""Turn raw contents (HTML, Markdown, WordPress, plain text) into clean blocks of light Markdown."""
