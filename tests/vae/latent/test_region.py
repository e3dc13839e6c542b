import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from vae.errors import UserError
from vae.latent.region import Balls, Region

SLOTS, DIM = 2, 3
ALL = torch.ones(1, SLOTS, dtype=torch.bool)
FIRST = torch.tensor([[True, False]])


def latents(count):
    numbers = st.floats(-4, 4, width=32)
    return arrays("float32", (count, SLOTS, DIM), elements=numbers).map(torch.from_numpy)


@st.composite
def balls(draw, most=3):
    count = draw(st.integers(1, most))
    used = draw(st.lists(st.sampled_from([[True, True], [True, False]]), min_size=count, max_size=count))
    return Balls(centres=draw(latents(count)), used=torch.tensor(used), radius=draw(st.floats(0.1, 3)))


bounds = st.tuples(st.floats(-3, -0.1), st.floats(0.1, 3))


@st.composite
def regions(draw, most=3):
    """Draws regions with bounds or without, and with no ball or up to `most`; bounds may cut a ball."""
    near = draw(st.none() | balls(most))
    within = draw(st.none() | bounds)
    try:
        return Region(balls=near, bounds=within)
    except UserError:
        return Region(balls=near)


def sampled_inside(region, count=400, seed=0):
    """Returns points in the region, near its balls."""
    points = torch.randn(count, SLOTS, DIM, generator=torch.Generator().manual_seed(seed))
    if region.balls is not None:
        places = torch.arange(count) % len(region.balls.centres)
        used = region.balls.used[places][..., None]
        points = torch.where(used, region.balls.centres[places] + region.balls.radius * points, points)
    if region.bounds is not None:
        points = points.clamp(*region.bounds)
    return points[region.holds(points)]


@given(regions(), latents(4))
def test_a_projected_latent_is_inside(region, z):
    assert region.holds(region.project(z)).all()


@given(regions(), latents(4))
def test_projecting_again_changes_no_bit(region, z):
    once = region.project(z)
    assert torch.equal(region.project(once), once)


@pytest.mark.parametrize("radius", [0.01, 0.5, 3.0])
def test_latents_of_a_realistic_size_are_projected_onto_the_surface_of_a_ball(radius):
    centres, z = (torch.randn(count, 16, 32, generator=torch.Generator().manual_seed(count)) for count in (3, 2000))
    used = torch.arange(16) < torch.tensor([[16], [11], [5]])
    region = Region(balls=Balls(centres=centres, used=used, radius=radius))
    projected = region.project(4 * z)
    assert region.holds(projected).all()
    assert region.balls.distances(projected).amin(1).tolist() == pytest.approx([radius] * 2000, rel=1e-4)
    assert torch.equal(region.project(projected), projected)


@given(regions())
def test_a_latent_inside_keeps_every_bit(region):
    inside = sampled_inside(region)
    assert torch.equal(region.project(inside), inside)


@given(regions(most=1), latents(4))
def test_no_point_inside_is_nearer_than_the_projected_one(region, z):
    projected = region.project(z)
    inside = sampled_inside(region)
    # Points drawn towards the projected one stay inside, as a ball and a box are convex.
    for base in projected:
        close = torch.cat([inside, base + 0.05 * (inside - base)])
        reach = (z[:, None] - close[region.holds(close)]).flatten(2).norm(dim=2)
        if reach.shape[1]:
            assert ((z - projected).flatten(1).norm(dim=1) <= reach.amin(1) + 1e-3).all()


@given(balls(), latents(4))
def test_a_latent_is_projected_into_the_nearest_of_several_balls(near, z):
    distance = (z - Region(balls=near).project(z)).flatten(1).norm(dim=1)
    into_each_ball = [
        Region(balls=Balls(centres=centre[None], used=used[None], radius=near.radius)).project(z)
        for centre, used in zip(near.centres, near.used, strict=True)
    ]
    distances = torch.stack([(z - projected).flatten(1).norm(dim=1) for projected in into_each_ball])
    torch.testing.assert_close(distance, distances.amin(0), atol=1e-4, rtol=1e-4)


def test_a_latent_is_projected_along_the_straight_line_to_the_centre():
    region = Region(balls=Balls(centres=torch.ones(1, SLOTS, DIM), used=ALL, radius=0.5))
    torch.testing.assert_close(region.project(torch.full((1, SLOTS, DIM), 5.0)), torch.full((1, SLOTS, DIM), 1.5))


def test_slots_that_a_constraint_text_does_not_use_are_free():
    region = Region(balls=Balls(centres=torch.zeros(1, SLOTS, DIM), used=FIRST, radius=0.5))
    z = torch.full((1, SLOTS, DIM), 5.0)
    projected = region.project(z)
    torch.testing.assert_close(projected[:, 0], torch.full((1, DIM), 0.5))
    assert torch.equal(projected[:, 1], z[:, 1])


def test_a_neighbour_lies_about_its_own_radius_from_its_centre():
    noise = torch.randn(1, 64, 32, generator=torch.Generator().manual_seed(0))
    used = torch.ones(1, 64, dtype=torch.bool)
    distance = Balls(centres=torch.ones(1, 64, 32), used=used, radius=1.0).distances(1 + 0.4 * noise)
    assert distance.item() == pytest.approx(0.4, rel=0.05)


def test_every_dimension_is_clamped_to_the_bounds():
    z = torch.tensor([[[-5.0, 0.3, 2.0]]])
    assert Region(bounds=(-1.0, 1.0)).project(z).tolist() == [[[-1.0, pytest.approx(0.3), 1.0]]]


def test_bounds_may_cut_a_ball_whose_centre_lies_outside_of_them():
    region = Region(balls=Balls(centres=torch.full((1, 1, 2), 2.0), used=ALL[:, :1], radius=1.5), bounds=(-1.0, 1.0))
    # The region is the part of the square within sqrt(2) * 1.5 of (2, 2). Its point nearest to (-5, 1) lies on y = 1.
    projected = region.project(torch.tensor([[[-5.0, 1.0]]]))
    torch.testing.assert_close(projected, torch.tensor([[[2.0 - (2 * 1.5**2 - 1) ** 0.5, 1.0]]]), atol=1e-3, rtol=0)


def test_a_region_without_limits_holds_everything():
    z = torch.full((2, SLOTS, DIM), 100.0)
    assert Region().holds(z).all()
    assert torch.equal(Region().project(z), z)


def test_bounds_that_leave_out_a_ball_are_refused():
    near = Balls(centres=torch.tensor([[[0.0]], [[3.0]]]), used=torch.ones(2, 1, dtype=torch.bool), radius=0.5)
    with pytest.raises(UserError, match=r"radius 0.5 to constraint text 2: the radius must be above 2,"):
        Region(balls=near, bounds=(-1.0, 1.0))


def test_bounds_in_the_wrong_order_are_refused():
    with pytest.raises(UserError, match="bounds 1 to -1: the first must be smaller"):
        Region(bounds=(1.0, -1.0))


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan")])
def test_a_radius_that_is_not_above_0_is_refused(radius):
    with pytest.raises(UserError, match="must be above 0"):
        Balls(centres=torch.zeros(1, SLOTS, DIM), used=ALL, radius=radius)
