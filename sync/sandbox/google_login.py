"""Where a service account of Google gets its tokens: any signed claim of the right form will do."""

from __future__ import annotations

from urllib.parse import parse_qs

import jwt

from sync.sandbox.replies import Reply, Request

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def give_token(request: Request, token: str, scope: str) -> Reply:
    """Give the token for a claim to a scope."""
    form = {name: one[0] for name, one in parse_qs(request.body.decode()).items()}
    try:
        # Whose key it is the sandbox cannot know.
        claims = jwt.decode(form.get("assertion", ""), options={"verify_signature": False})
    except jwt.InvalidTokenError:
        claims = {}
    good = (
        claims.get("scope") == scope
        and str(claims.get("aud", "")).endswith(request.path)
        and 0 < claims.get("exp", 0) - claims.get("iat", 0) <= 3600
        and claims.get("iss")
    )
    if not good or form.get("grant_type") != GRANT:
        return Reply(400, {"error": "invalid_grant"})
    return Reply(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})
