"""Read the exports of WordPress, Blogger, Ghost, Substack, Medium, Tumblr and Notion in those platforms' own forms."""
