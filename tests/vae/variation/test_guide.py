import pytest
import torch

from tokenizer.segments import cut
from vae.errors import UserError
from vae.latent.gaussian import Latents
from vae.text_vae import TextVAE
from vae.variation.guide import Guide
from vae.variation.partners import Partners
from vae.variation.sampling import Sampling
from vae.variation.task import Task

pytestmark = pytest.mark.slow

SHAPE = (4, 8, 8)
TOO_LONG = "Cat. " * 8


@pytest.fixture(scope="module")
def model(trained):
    return TextVAE.load(trained)


@pytest.fixture(scope="module")
def posteriors():
    draw = torch.Generator().manual_seed(0)
    return Latents(torch.randn(SHAPE, generator=draw), torch.randn(SHAPE, generator=draw) - 2)


@pytest.fixture(scope="module")
def noise():
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def tasks(model, sentences):
    """Tasks of two posts: places 0 and 2 of one, 1 and 4 of the other."""
    (segments,) = cut([" ".join(sentences[400:404])], tokenizer=model.tokenizer, max_len=16)
    places = [("tea-2", 0, "tea"), ("tea-2", 2, "tea"), ("mine", 1, "birds"), ("mine", 4, "stamps")]
    return [Task(segments[0], post, place, category) for post, place, category in places]


@pytest.fixture
def step(model, posteriors, noise, tasks):
    def step(guide, radius=1.0, *, latents=posteriors, noise=noise):
        radii = torch.full((len(latents.mean),), radius)
        return guide.step(latents, noise, radii, model=model, tasks=tasks)

    return step


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"strategy": "neighbor"}, "no strategy 'neighbor'; did you mean 'neighbour'?"),
        (
            {"strategy": "xyz"},
            "no strategy 'xyz'; there are neighbour, posterior, interpolate, resample-slots, attribute, prior",
        ),
        (
            {"strategy": "interpolate"},
            "interpolate needs latents of posts: give --partners, a folder of `blogvae encode`",
        ),
        (
            {"strategy": "attribute", "attribute": "tea"},
            "attribute needs latents of posts: give --partners, a folder of `blogvae encode`",
        ),
        (
            {"strategy": "interpolate", "partners": "nowhere"},
            "nowhere holds no latents: nowhere/MANIFEST.json is missing; run `blogvae encode` to its end",
        ),
        ({"labels": (("author", "Ann"),)}, "the model was not trained with 'author' as a label; its labels: none"),
        ({"near_texts": ("Cat cleans.",)}, "texts to stay near to need a radius: give --radius, such as 0.8"),
        (
            {"near_texts": ("Cat cleans.",), "radius": 0.0},
            "radius 0 around constraint texts: it must be above 0",
        ),
        (
            {"near_texts": (TOO_LONG,), "radius": 1.0},
            "--near-text: 16 pieces do not fit a segment of 15: 'Cat. Cat. Cat. Cat. Cat. Cat. Cat. Cat.'",
        ),
        ({"bounds": (1.0, -1.0)}, "bounds 1 to -1: the first must be smaller than the second"),
    ],
)
def test_missing_and_wrong_settings_are_refused_in_one_line(model, settings, message):
    with pytest.raises(UserError) as caught:
        Guide.of(model, Sampling(**settings))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"strategy": "interpolate", "partner": "tea-3"},
            "no post 'tea-3' among the latents; did you mean 'tea-2'?",
        ),
        ({"strategy": "attribute"}, "attribute needs a category to go to: give --attribute NAME"),
        (
            {"strategy": "attribute", "attribute": "bird"},
            "no category 'bird' among the latents; did you mean 'birds'?",
        ),
    ],
)
def test_names_that_the_latents_lack_are_refused_in_one_line(model, latents, settings, message):
    with pytest.raises(UserError) as caught:
        Guide.of(model, Sampling(partners=str(latents), **settings))
    assert str(caught.value) == message


def test_latents_of_another_model_are_refused(model, latents, make_module):
    other = TextVAE(make_module(), model.tokenizer, model.settings)
    with pytest.raises(UserError, match="holds the latents of another model"):
        Guide.of(other, Sampling(strategy="interpolate", partners=str(latents)))


def test_bounds_that_leave_nothing_near_the_texts_are_refused(model):
    sampling = Sampling(near_texts=("Cat cleans.",), radius=0.01, bounds=(50.0, 60.0))
    with pytest.raises(
        UserError, match=r"within bounds 50 to 60 nothing is as near as radius 0.01 to constraint text 1"
    ):
        Guide.of(model, sampling)


def test_files_that_a_strategy_does_not_need_are_not_opened(model):
    guide = Guide.of(model, Sampling(strategy="neighbour", partners="nowhere", partner="none", attribute="none"))
    assert (guide.partners, guide.direction, guide.region, guide.labels) == (None, None, None, None)


def test_neighbour_and_posterior_step_by_the_noise(step, model, posteriors, noise):
    z = step(Guide.of(model, Sampling(strategy="neighbour")), 0.5)
    torch.testing.assert_close(z, posteriors.mean + 0.5 * noise)
    z = step(Guide.of(model, Sampling(strategy="posterior")), 0.5)
    torch.testing.assert_close(z, posteriors.mean + 0.5 * torch.exp(0.5 * posteriors.log_var) * noise)


def test_prior_and_resampled_slots_are_draws_from_the_models_prior(step, posteriors, noise):
    torch.testing.assert_close(step(Guide(strategy="prior")), noise)
    torch.testing.assert_close(step(Guide(strategy="resample-slots")), noise)
    torch.testing.assert_close(step(Guide(strategy="resample-slots"), 0.0), posteriors.mean)


def means_of(folder, model, post, count):
    return torch.from_numpy(Partners.read(folder, model_sha256=model.sha256).of_post(post, count))


def test_interpolation_goes_to_the_named_partner_place_by_place(step, model, latents, posteriors):
    """A partner of three segments has its first one again at the fourth place."""
    guide = Guide.of(model, Sampling(strategy="interpolate", partners=str(latents), partner="tea-1"))
    partner = means_of(latents, model, "tea-1", 5)
    torch.testing.assert_close(step(guide, 1.0), partner[[0, 2, 1, 4]])
    torch.testing.assert_close(partner[[3, 4]], partner[[0, 1]])
    torch.testing.assert_close(step(guide, 0.0), posteriors.mean)


def test_interpolation_goes_to_the_nearest_of_the_same_category_and_of_another_post(step, model, latents, noise):
    guide = Guide.of(model, Sampling(strategy="interpolate", partners=str(latents)))
    own, birds = means_of(latents, model, "tea-2", 2), means_of(latents, model, "bird-1", 4)
    other = means_of(latents, model, "tea-1", 3)
    near = Latents(torch.stack([own[0], other[2], birds[3] + 0.01, birds[0]]), noise)
    z = step(guide, latents=near)
    assert min((z[0] - each).abs().max() for each in other) < 1e-5
    torch.testing.assert_close(z[1:3], torch.stack([other[2], birds[3]]))
    torch.testing.assert_close(z[3], birds[0])  # no post of its category: it stays


def test_several_latents_of_each_task_have_its_partner(model, latents, posteriors, noise, tasks):
    guide = Guide.of(model, Sampling(strategy="interpolate", partners=str(latents)))
    twice = Latents(posteriors.mean.repeat_interleave(2, 0), posteriors.log_var.repeat_interleave(2, 0))
    radii = torch.tensor([0.3, 0.9] * 4)
    z = guide.step(twice, noise.repeat_interleave(2, 0), radii, model=model, tasks=tasks)
    for number, radius in enumerate((0.3, 0.9)):
        alone = guide.step(posteriors, noise, torch.full((4,), radius), model=model, tasks=tasks)
        torch.testing.assert_close(z[number::2], alone)


def test_an_attribute_draws_to_its_category_by_strength(step, model, latents, posteriors, noise):
    toward = Partners.read(latents, model_sha256=model.sha256).direction("tea")
    sampling = {"strategy": "attribute", "partners": str(latents), "attribute": "tea"}
    z = step(Guide.of(model, Sampling(**sampling, strength=1.0)), 0.5)
    torch.testing.assert_close(z, posteriors.mean + 0.5 * toward, rtol=0, atol=2e-3)
    z = step(Guide.of(model, Sampling(**sampling, strength=0.0)), 0.5)
    torch.testing.assert_close(z, posteriors.mean + 0.5 * noise)


@pytest.mark.parametrize("strategy", ["neighbour", "prior", "resample-slots"])
def test_latents_of_every_strategy_stay_within_the_bounds(step, model, strategy):
    guide = Guide.of(model, Sampling(strategy=strategy, bounds=(-0.5, 0.25)))
    z = step(guide)
    assert (z.min(), z.max()) == (-0.5, 0.25)


def test_latents_stay_near_the_texts_in_the_slots_that_these_use(step, model):
    """White space does not move a text; a slot is two pieces, the end marker among them."""
    texts = ["The dog paints the quiet lamp.", "Cat cleans."]
    guide = Guide.of(model, Sampling(near_texts=(texts[0], " Cat \n cleans. "), radius=0.4))
    pieces = [len(row) + 1 for row in model.tokenizer.encode(texts)]
    assert torch.equal(guide.region.balls.centres, model.encode(texts).mean)
    assert guide.region.balls.used.sum(1).tolist() == [-(-count // 2) for count in pieces]
    z = step(guide)
    assert not guide.region.holds(step(Guide(strategy="neighbour"))).any()
    assert guide.region.holds(z).all()


def test_labels_are_those_that_texts_are_decoded_with(make_module, tokenizer, model):
    labelled = TextVAE(make_module(labels=[2]), tokenizer, model.settings, labels={"author": ["Ann", "Ben"]})
    assert Guide.of(labelled, Sampling(labels=(("author", "Ben"),))).labels == {"author": "Ben"}
    with pytest.raises(UserError, match="no author 'Benn' among those the model was trained with; did you mean 'Ben'"):
        Guide.of(labelled, Sampling(labels=(("author", "Benn"),)))
