"""The steps of `encode`: posts become latents, costs and anomaly scores."""
