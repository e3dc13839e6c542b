"""What each figure of a model means, in one phrase, as the pages and the model card print it."""

FIGURE_DESCRIPTIONS = {
    "elbo": "nats per text, a lower bound on the log likelihood; nearer 0 is better",
    "nll_iw": "nats per text, the importance-weighted bound: tighter than -elbo; lower is better",
    "reconstruction": "nats per text lost when a text is read back from its latent",
    "kl": "nats per text that the latent carries; near 0 the decoder ignores it",
    "mi": "nats the latent tells about which text it is, at most the logarithm of mi_texts",
    "mi_texts": "texts the mutual information was estimated on",
    "active_units": "latent dimensions that differ between texts (variance 0.01 or more)",
    "units": "latent dimensions there are",
    "ppl_word": "perplexity per word, end marker counted; compare within one corpus only",
    "bleu": "0 to 100, texts rebuilt from the mean of their latent",
    "bleu_sampled": "the same from one sample of the posterior",
    "exact_match": "share of texts rebuilt piece by piece",
    "interpolation_smoothness": "0 to 1, how straight the way from text to text is; 1 has no detour",
    "interpolation_largest_step": "the largest step on that way in mean steps; 1 is even, 8 is one single jump",
    "tokens_per_second": "pieces a second: trained on, or encoded and scored by evaluate",
}
"""The figures of metrics.json, in the order in which they are shown."""

HIDDEN_MEANING = "nats a hidden piece, by the share of words hidden and how far latents were moved; lower is better"
"""The meaning of the figures of hidden_nats."""

RADIUS_MEANINGS = {
    "changed": "share of words that a step of this radius changes",
    "bleu": "0 to 100, of the varied text to its source",
    "self_bleu": "0 to 100, between two variations of one text; lower is more varied",
    "cycle": "how far from its latent the varied text is encoded again, as a share of the latent's length",
}
"""The columns of radius_curve beside `radius`."""

MAP_MEANING = (
    "share of the variance of the texts' means that the map shows; small where the latent uses all its dimensions, "
    "and then what lies side by side on the map need not be alike"
)
"""The meaning of map_explained."""
