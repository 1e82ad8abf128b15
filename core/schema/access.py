"""How long a signed-in person stays so."""

from typing import Self

from pydantic import Field, model_validator

from core.schema.network import ServerUrl
from core.schema.secret import NamedSecret
from core.schema.strict_model import Strict
from core.time.clock import DAY, HOUR, MINUTE
from core.time.duration import Duration
from core.vocabulary.rights import Role


class OpenIdProvider(Strict):
    """Who knows the house's people already; only whom a group gives a role comes in by it."""

    issuer: ServerUrl
    client_id: str
    client_secret: NamedSecret
    name: str = "OpenID"  # on the button
    roles_claim: str = "groups"
    roles: dict[str, Role] = Field(min_length=1)  # by the provider's group


class Access(Strict):
    """How long a signed-in person stays so; both are Scanward's own, for telephones are shared in a shift."""

    idle: Duration = Field(default=8 * HOUR, ge=5 * MINUTE)  # without a click
    longest: Duration = Field(default=30 * DAY, ge=5 * MINUTE)  # whatever is clicked
    oidc: OpenIdProvider | None = None
    # Whoever reaches the dashboard chooses who to be. Only of a site that is made up, only on this machine.
    demo: bool = False

    @model_validator(mode="after")
    def _idle_first(self) -> Self:
        if self.idle > self.longest:
            raise ValueError("`longest` must be as long as `idle` or longer")
        return self
