"""Which tokens of GitHub's workflows are trusted."""

from config.environment import GitHubRepository

NAMED = GitHubRepository(owner="shop", name="infra")
NUMBERED = GitHubRepository(owner="shop", name="infra", owner_id=12, repository_id=34)


def test_a13_only_the_names_are_trusted_while_the_ids_are_unknown() -> None:
    assert NAMED.subjects("environment:staging") == ("repo:shop/infra:environment:staging",)


def test_a13_both_shapes_of_a_subject_are_trusted_when_the_ids_are_known() -> None:
    assert NUMBERED.subjects("environment:staging") == (
        "repo:shop/infra:environment:staging",
        "repo:shop@12/infra@34:environment:staging",
    )


def test_one_id_of_two_is_none() -> None:
    half = GitHubRepository(owner="shop", name="infra", owner_id=12)

    assert half.subjects("pull_request") == NAMED.subjects("pull_request")


def test_every_claim_is_trusted_in_every_shape() -> None:
    assert set(NUMBERED.subjects("pull_request", "ref:refs/heads/main")) == {
        f"repo:{repository}:{claim}"
        for repository in ("shop/infra", "shop@12/infra@34")
        for claim in ("pull_request", "ref:refs/heads/main")
    }


def test_nothing_is_trusted_without_a_claim() -> None:
    assert NUMBERED.subjects() == ()
