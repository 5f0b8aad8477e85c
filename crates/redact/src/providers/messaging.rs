//! Chat, mail, telephony, incident and social services.

use super::{anywhere, inside, prefix};
use crate::shapes::Shape;

#[rustfmt::skip]
pub(super) const SHAPES: &[Shape] = &[
    prefix("slack_token", "xoxb-", r"xoxb-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxp-", r"xoxp-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxa-", r"xoxa-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxr-", r"xoxr-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxs-", r"xoxs-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxo-", r"xoxo-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxd-", r"xoxd-[A-Za-z0-9%+/=-]{20,}"),
    prefix("slack_token", "xoxc-", r"xoxc-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xoxe", r"xoxe(?:\.xox[bp])?-[A-Za-z0-9-]{18,}"),
    prefix("slack_token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[A-Za-z0-9]{20,}"),
    anywhere("slack_webhook", "hooks.slack.com/", r"hooks\.slack\.com/((?:services|workflows|triggers)/[A-Za-z0-9+/]{20,})"),
    anywhere("discord_webhook", "/api/webhooks/", r"/api/webhooks/(\d{16,20}/[\w-]{30,})"),
    anywhere("teams_webhook", "webhook.office.com/", r"webhook\.office\.com/(?:webhookb2)/([0-9a-fA-F@-]{36,}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}[\w/-]*)"),
    anywhere("teams_webhook", "outlook.office.com/webhook/", r"outlook\.office\.com/webhook/([0-9a-fA-F@-]{36,}/[\w/-]+)"),
    anywhere("zapier_webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/([\w/]{10,})"),
    anywhere("pipedream_webhook", ".m.pipedream.net", r"\.m\.pipedream\.net/(\w{10,})"),
    anywhere("google_chat_webhook", "chat.googleapis.com/", r"chat\.googleapis\.com/v1/spaces/[^ /]+/messages\?(key=[\w-]+&token=[\w%-]+)"),
    inside("telegram_token", ":aa", r"(?:bot)?(\d{8,10}:AA[A-Za-z0-9_-]{33})"),
    prefix("sendgrid_key", "sg.", r"SG\.[\w=.-]{60,}"),
    prefix("sendinblue_key", "xkeysib-", r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    prefix("sendinblue_key", "xsmtpsib-", r"xsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16}"),
    prefix("mailgun_key", "key-", r"key-[a-f0-9]{32}\b"),
    prefix("mailgun_key", "pubkey-", r"pubkey-[a-f0-9]{32}\b"),
    inside("mailchimp_key", "-us", r"[0-9a-f]{32}-us\d{1,2}\b"),
    prefix("mandrill_key", "md-", r"md-[A-Za-z0-9_-]{22}\b"),
    prefix("resend_key", "re_", r"re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}"),
    prefix("messagebird_key", "live_", r"live_[A-Za-z0-9]{25}\b"),
    prefix("pagerduty_key", "pdus+", r"pdus\+[A-Za-z0-9_+-]{20,}"),
    prefix("intercom_token", "dg9r", r"dG9r[A-Za-z0-9+/]{40,}={0,2}"),
    prefix("facebook_token", "eaac", r"EAAC[A-Za-z0-9]{60,}"),
    prefix("facebook_token", "eaam", r"EAAM[A-Za-z0-9]{60,}"),
    prefix("twitter_token", "aaaaaaaaaaaaaaaaaaaaa", r"A{22}[A-Za-z0-9%]{80,}"),
    prefix("zoom_token", "zoom_", r"zoom_[A-Za-z0-9]{30,}"),
    prefix("webex_token", "_pf84_", r"_PF84_[a-f0-9-]{36}"),
    prefix("loops_key", "loops_", r"loops_[A-Za-z0-9]{30,}"),
];
