"""The commands of `blogvae` that need Beam, one module each, and the flags that they share."""
