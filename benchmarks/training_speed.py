"""Times training and importance-weighted NLL at the Penn Treebank setting, beside a bare loop and a peer.

Each side is a process of its own that prints one figure. `ours` is all of `fit`, Lightning included. `bare` is a plain
loop of the same shapes: bucketed batches, bf16, cross-entropy in chunks. With --peer, a checkout of
vae-pretraining-encoder (Li et al. 2019), `peer` runs its text_anneal_fb.py as it is. Tokens are words and end marks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import torch
from measure import report, versions
from ptb import MAX_LEN, MODELS, RECIPE, SPECIAL, vocabulary, write_shards
from torch import nn
from torch.nn import functional

from vae.data.batches import Batches
from vae.evaluation.likelihood import importance_weighted_nll
from vae.hardware import fast_precision, keep_freed_memory
from vae.models.families import text_model
from vae.settings import override, settings_from
from vae.training.fit import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vae.data.text_batch import TextBatch

RUNS, WARM_UP = 3, 20
WIDTH, LATENT, CHUNK = 256, 32, 512
IW_SAMPLES = 500


def main() -> None:
    """Runs the sides in turn and prints ratios of medians; above 1, ours is faster."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ptb", required=True, type=Path, metavar="DIR", help="holds ptb.{train,valid,test}.txt")
    parser.add_argument("--peer", type=Path, metavar="DIR", help="a checkout of vae-pretraining-encoder")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--iw-texts", type=int, default=20)
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    parser.add_argument("--record", action="store_true")
    args = parser.parse_args()
    if args.side:
        print(json.dumps(SIDES[args.side](args)))
        return
    sides = [side for side in SIDES if args.peer or not side.startswith("peer")]
    speeds: dict[str, list[float]] = {side: [] for side in sides}
    for run in range(RUNS):
        for side in sides:
            done = subprocess.run([sys.executable, *sys.argv, "--side", side], stdout=subprocess.PIPE, check=True)
            speeds[side].append(json.loads(done.stdout.splitlines()[-1]))
            print(f"run {run + 1}: {side} {speeds[side][-1]:.4g} a second", file=sys.stderr)
    middle = {side: median(values) for side, values in speeds.items()}
    pairs = [("ours", "bare"), ("ours", "peer"), ("ours_iw", "peer_iw")]
    report(
        {
            "name": "training_speed",
            "command": "training_speed.py --ptb PTB" + (" --peer VAE-PRETRAINING-ENCODER" if args.peer else ""),
            "versions": versions("torch", "lightning"),
            "threads": torch.get_num_threads(),
            "corpus": "Penn Treebank, 929,589 training tokens with end marks",
            "tokens_or_texts_per_second": speeds,
            "ratios": {f"{a}/{b}": round(middle[a] / middle[b], 3) for a, b in pairs if b in middle},
        },
        record=args.record,
        cores_used=torch.get_num_threads(),
    )


class Timed(Batches):
    """Batches that note when each of them was requested."""

    def __iter__(self) -> Iterator[TextBatch]:
        self.requests: list[tuple[float, int]] = []
        for batch in super().__iter__():
            self.requests.append((time.perf_counter(), batch.units))
            yield batch
        self.requests.append((time.perf_counter(), 0))

    def tokens_per_second(self) -> float:
        """Returns the tokens per second from the end of the warm-up to the request of the last batch."""
        timed = self.requests[WARM_UP:]
        return sum(units for _, units in timed[:-1]) / (timed[-1][0] - timed[0][0])


def ours(args: argparse.Namespace) -> float:
    """Times training by `fit` as it is."""
    keep_freed_memory()
    steps = args.steps + WARM_UP
    settings = override(settings_from({**RECIPE, **MODELS["recurrent"]}), [f"steps={steps}", "ema=0", "skip=false"])
    with tempfile.TemporaryDirectory() as folder:
        words = vocabulary(args.ptb / "ptb.train.txt")
        train = Timed(
            write_shards(args.ptb / "ptb.train.txt", words, Path(folder) / "train"), batch_pieces=1024, seed=0
        )
        valid = write_shards(args.ptb / "ptb.valid.txt", words, Path(folder) / "valid")[:1]
        model = text_model(settings.model, vocab_size=SPECIAL + len(words), max_len=MAX_LEN)
        validation = Batches(valid, batch_pieces=1024, seed=None)
        fit(model, settings, train=train, validation=validation, folder=Path(folder), resume=False)
    return train.tokens_per_second()


class Bare(nn.Module):
    """An LSTM VAE of the same shapes, with tied embeddings and z at every step and in the first state."""

    def __init__(self, words: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, WIDTH)
        self.encoder = nn.LSTM(WIDTH, WIDTH, batch_first=True)
        self.gaussian = nn.Linear(WIDTH, 2 * LATENT)
        self.cell = nn.Linear(LATENT, WIDTH)
        self.decoder = nn.LSTM(WIDTH + LATENT, WIDTH, batch_first=True)
        self.bias = nn.Parameter(torch.zeros(words))

    def forward(self, batch: TextBatch) -> torch.Tensor:
        """Returns the loss in nats per token."""
        states, _ = self.encoder(functional.dropout(self.embedding(batch.ids), 0.5))
        last = states[torch.arange(len(states)), batch.lengths - 1]
        mean, log_var = self.gaussian(last).float().chunk(2, -1)
        z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)
        kl = 0.5 * (mean.square() + log_var.exp() - 1 - log_var).sum()
        cell = self.cell(z)[None]
        inputs = functional.dropout(self.embedding(batch.inputs), 0.5)
        inputs = torch.cat([inputs, z[:, None].expand(-1, inputs.shape[1], -1)], -1)
        states, _ = self.decoder(inputs, (torch.tanh(cell), cell))
        real = batch.ids != 0
        features, targets = functional.dropout(states, 0.5)[real], batch.ids[real]
        nats = torch.zeros(())
        for rows, wanted in zip(torch.split(features, CHUNK), torch.split(targets, CHUNK), strict=True):
            scores = functional.linear(rows, self.embedding.weight, self.bias)
            nats = nats + functional.cross_entropy(scores.float(), wanted, reduction="sum")
        return (nats + kl) / batch.units


def bare(args: argparse.Namespace) -> float:
    """Times training by a plain loop with nothing around it."""
    keep_freed_memory()
    with tempfile.TemporaryDirectory() as folder:
        words = vocabulary(args.ptb / "ptb.train.txt")
        train = Timed(write_shards(args.ptb / "ptb.train.txt", words, Path(folder)), batch_pieces=1024, seed=0)
        model = Bare(SPECIAL + len(words))
        optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, fused=True)
        for batch in islice(train, args.steps + WARM_UP):
            with torch.autocast("cpu", torch.bfloat16):
                loss = model(batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
    return train.tokens_per_second()


def ours_iw(args: argparse.Namespace) -> float:
    """Returns the sentences per second of the importance-weighted NLL, with 500 samples each."""
    keep_freed_memory()
    settings = settings_from({**RECIPE, **MODELS["recurrent"]})
    with tempfile.TemporaryDirectory() as folder:
        words = vocabulary(args.ptb / "ptb.train.txt")
        test = write_shards(args.ptb / "ptb.test.txt", words, Path(folder))
        model = text_model(settings.model, vocab_size=SPECIAL + len(words), max_len=MAX_LEN).eval()
        batches = list(islice(Batches(test, batch_pieces=1, seed=0), args.iw_texts + 1))
    with fast_precision("cpu"):
        importance_weighted_nll(model, batches[-1], samples=IW_SAMPLES, seed=0)
        started = time.perf_counter()
        for batch in batches[:-1]:
            importance_weighted_nll(model, batch, samples=IW_SAMPLES, seed=0)
    return args.iw_texts / (time.perf_counter() - started)


def peer(args: argparse.Namespace) -> float:
    """Times their text_anneal_fb.py, and ends it after as many steps."""
    _peer_folder(args.peer, args.ptb)
    import text_anneal_fb  # noqa: PLC0415
    from modules.decoders.dec_lstm import LSTMDecoder  # noqa: PLC0415

    seen: dict[str, Any] = {"steps": 0, "tokens": 0}
    theirs = LSTMDecoder.reconstruct_error

    class Ended(BaseException):
        """Ends their training from outside; their code does not catch it."""

    def counted(self: Any, texts: torch.Tensor, z: torch.Tensor) -> Any:
        if self.training:
            if seen["steps"] == WARM_UP:
                seen.update(tokens=0, started=time.perf_counter())
            if seen["steps"] == WARM_UP + args.steps:
                raise Ended
            seen["steps"] += 1
            seen["tokens"] += texts.shape[0] * (texts.shape[1] - 1)
        return theirs(self, texts, z)

    LSTMDecoder.reconstruct_error = counted
    with tempfile.TemporaryDirectory() as folder:
        flags = ["--kl_start", "0", "--warm_up", "10", "--target_kl", "8", "--fb", "2", "--lr", "0.5"]
        sys.argv = ["text_anneal_fb.py", "--dataset", "ptb", "--exp_dir", f"{folder}/run", *flags]
        try:
            text_anneal_fb.main(text_anneal_fb.init_config())
        except Ended:
            return float(seen["tokens"] / (time.perf_counter() - seen["started"]))
    raise RuntimeError("their run ended before its steps were counted")


def peer_iw(args: argparse.Namespace) -> float:
    """Times their nll_iw with 500 samples, 100 at a time."""
    _peer_folder(args.peer, args.ptb)
    import text_anneal_fb  # noqa: PLC0415
    from modules import VAE, GaussianLSTMEncoder, LSTMDecoder  # noqa: PLC0415
    from utils import uniform_initializer  # noqa: PLC0415

    from data import MonoTextData  # noqa: PLC0415

    sys.argv = ["text_anneal_fb.py", "--dataset", "ptb", "--exp_dir", "unused"]
    options = text_anneal_fb.init_config()
    options.device = "cpu"
    vocab = MonoTextData(options.train_data).vocab
    test = MonoTextData(options.test_data, vocab=vocab).create_data_batch(batch_size=1, device="cpu", batch_first=True)
    weights = (uniform_initializer(0.01), uniform_initializer(0.1))
    model = VAE(GaussianLSTMEncoder(options, len(vocab), *weights), LSTMDecoder(options, vocab, *weights), options)
    model.eval()
    order = torch.randperm(len(test), generator=torch.Generator().manual_seed(0))[: args.iw_texts].tolist()
    with torch.no_grad():
        model.nll_iw(test[order[0]], nsamples=IW_SAMPLES, ns=100)
        started = time.perf_counter()
        for place in order:
            model.nll_iw(test[place], nsamples=IW_SAMPLES, ns=100)
    return len(order) / (time.perf_counter() - started)


def _peer_folder(checkout: Path, ptb: Path) -> None:
    data = checkout.resolve() / "datasets" / "ptb_data"
    if not data.exists():
        data.parent.mkdir(exist_ok=True)
        data.symlink_to(ptb.resolve())
    os.chdir(checkout)
    sys.path.insert(0, str(checkout.resolve()))


SIDES = {"ours": ours, "bare": bare, "ours_iw": ours_iw, "peer": peer, "peer_iw": peer_iw}

if __name__ == "__main__":
    main()
