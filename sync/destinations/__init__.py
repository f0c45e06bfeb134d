"""The destinations: a dict from `destination` of an exposure to what opens it."""

from __future__ import annotations

from sync.destinations import (
    activecampaign_connect,
    brevo_connect,
    google_ads_connect,
    google_sheets_connect,
    hubspot_connect,
    mailchimp_connect,
    marketo_connect,
    meta_connect,
    pipedrive_connect,
    salesforce_connect,
    slack_connect,
    webhook_connect,
)
from sync.destinations.connection import Connector

DESTINATIONS: dict[str, Connector] = {
    "activecampaign": activecampaign_connect.CONNECTOR,
    "brevo": brevo_connect.CONNECTOR,
    "google_ads": google_ads_connect.CONNECTOR,
    "google_sheets": google_sheets_connect.CONNECTOR,
    "hubspot": hubspot_connect.CONNECTOR,
    "mailchimp": mailchimp_connect.CONNECTOR,
    "marketo": marketo_connect.CONNECTOR,
    "pipedrive": pipedrive_connect.CONNECTOR,
    "salesforce": salesforce_connect.CONNECTOR,
    "meta": meta_connect.CONNECTOR,
    "slack": slack_connect.CONNECTOR,
    "webhook": webhook_connect.CONNECTOR,
}
