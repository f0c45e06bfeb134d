"""The APIs that the sandbox stands in for."""

from __future__ import annotations

from collections.abc import Sequence

from sync.sandbox import (
    activecampaign,
    brevo,
    google_ads,
    google_sheets,
    hooks,
    hubspot,
    mailchimp,
    marketo,
    meta,
    pipedrive,
    salesforce,
    slack,
)
from sync.sandbox.service import Service
from sync.sandbox.store import Store


def services(store: Store, token: str) -> Sequence[Service]:
    """Give them all; `token` is the one that they take."""
    return (
        hubspot.HubSpot(store, token),
        google_ads.GoogleAds(store, token),
        google_sheets.GoogleSheets(store, token),
        hooks.Hooks(store),
        activecampaign.ActiveCampaign(store, token),
        brevo.Brevo(store, token),
        mailchimp.Mailchimp(store, token),
        marketo.Marketo(store, token),
        pipedrive.Pipedrive(store, token),
        salesforce.Salesforce(store, token),
        slack.Slack(store, token),
        meta.Meta(store, token),
    )
