//! Words in a name that make the value behind it a secret, and words that say it is something else.

use crate::words::Words;

/// How much the name says, hence how little the value must look like a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// `key`, `auth`, `session`: the value must look random.
    Weak,
    /// `token`, `secret`, `api_key`: the value must look like a token.
    Strong,
    /// `password`: nearly any value.
    Password,
}

/// A word that is looked for in names.
#[derive(Debug)]
pub(crate) struct Name {
    /// Lower case; found in any case.
    pub word: &'static str,
    pub weight: Weight,
    /// Must begin a word: `pass` in `DB_PASS`, not in `bypass`.
    pub whole: bool,
}

const fn name(weight: Weight, word: &'static str) -> Name {
    Name { word, weight, whole: false }
}

const fn whole(weight: Weight, word: &'static str) -> Name {
    Name { word, weight, whole: true }
}

/// The words. A longer one does not hide a shorter one inside it; the heaviest decides.
#[rustfmt::skip]
pub(crate) const NAMES: &[Name] = &[
    name(Weight::Password, "password"), name(Weight::Password, "passwd"), name(Weight::Password, "passphrase"),
    name(Weight::Password, "passcode"), name(Weight::Password, "passwort"), whole(Weight::Password, "pwd"), whole(Weight::Password, "pass"),
    name(Weight::Password, "_pw"),
    name(Weight::Strong, "secret"), name(Weight::Strong, "token"), name(Weight::Strong, "apikey"), name(Weight::Strong, "api_key"),
    name(Weight::Strong, "api-key"), name(Weight::Strong, "api.key"), name(Weight::Strong, "access_key"), name(Weight::Strong, "access-key"),
    name(Weight::Strong, "accesskey"), name(Weight::Strong, "account_key"), name(Weight::Strong, "accountkey"), name(Weight::Strong, "secretkey"),
    name(Weight::Strong, "private_key"), name(Weight::Strong, "private-key"), name(Weight::Strong, "privatekey"), name(Weight::Strong, "signing_key"),
    name(Weight::Strong, "signing-key"), name(Weight::Strong, "signingkey"), name(Weight::Strong, "encryption_key"), name(Weight::Strong, "encryption-key"),
    name(Weight::Strong, "encryptionkey"), name(Weight::Strong, "master_key"), name(Weight::Strong, "masterkey"), name(Weight::Strong, "license_key"),
    name(Weight::Strong, "licensekey"), name(Weight::Strong, "credential"), name(Weight::Strong, "auth_key"), name(Weight::Strong, "authkey"),
    name(Weight::Strong, "sharedaccesskey"), name(Weight::Strong, "app_key"), name(Weight::Strong, "appkey"), name(Weight::Strong, "apppassword"),
    name(Weight::Strong, "webhook_url"), name(Weight::Strong, "rediscli_auth"), name(Weight::Strong, "presharedkey"), name(Weight::Strong, "subscription-key"), name(Weight::Strong, "storage_key"),
    name(Weight::Strong, "x-functions-key"), name(Weight::Strong, "jwt_key"), name(Weight::Strong, "session_key"), name(Weight::Strong, "cookie_key"),
    name(Weight::Strong, "deploy_key"), name(Weight::Strong, "deploykey"), name(Weight::Strong, "bot_key"), name(Weight::Strong, "write_key"),
    whole(Weight::Weak, "key"), whole(Weight::Weak, "auth"), whole(Weight::Weak, "pat"), whole(Weight::Weak, "access"), whole(Weight::Weak, "private"),
    whole(Weight::Weak, "login"), whole(Weight::Weak, "session"), whole(Weight::Weak, "sessionid"), whole(Weight::Weak, "creds"), whole(Weight::Weak, "salt"),
    whole(Weight::Weak, "dsn"), whole(Weight::Weak, "bearer"), whole(Weight::Weak, "jwt"), whole(Weight::Weak, "otp"), whole(Weight::Weak, "apitoken"),
    whole(Weight::Weak, "cert_pass"), whole(Weight::Weak, "hmac"), whole(Weight::Weak, "oauth"), whole(Weight::Weak, "csrf"), whole(Weight::Weak, "xsrf"),
    whole(Weight::Weak, "appid"), whole(Weight::Weak, "clientid"), whole(Weight::Weak, "client_id"), whole(Weight::Weak, "client"),
];

/// What may follow the word in the name without making it something else (lower case, after a separator or a capital).
/// In alphabetical order. Anything else (`_id`, `_name`, `_file`, `_type`, `_expires_at` …) says that the value is about the secret, not it.
#[rustfmt::skip]
pub(crate) const TAILS: &[&str] = &[
    "", "admin", "b64", "backup", "base", "base64", "ci", "code", "current", "data", "default", "dev", "encoded", "env", "hash", "hex", "key",
    "live", "local", "main", "new", "old", "override", "pass", "password", "plain", "plaintext", "primary", "prod", "production", "raw", "ro", "root",
    "rw", "s", "secondary", "secret", "stage", "staging", "str", "string", "test", "text", "token", "user", "v1", "v2", "val", "value",
];

/// Names that hold one of the words and are no secret.
pub(crate) static NOT_SECRET: Words = Words::new(&[
    "cache-key",
    "cache_key",
    "cachekey",
    "restore-key",
    "primary_key",
    "primarykey",
    "primary-key",
    "foreign_key",
    "public_key",
    "public-key",
    "publickey",
    "pubkey",
    "sort_key",
    "sort-key",
    "partition_key",
    "partition-key",
    "host_key",
    "hostkey",
    "host-key",
    "idempotency",
    "row_key",
    "group_key",
    "group-key",
    "key_id",
    "keyid",
    "hotkey",
    "translation",
    "i18n",
    "cache-primary",
    "matched-key",
    "matched_key",
    "restored",
    "routing_key",
    "object_key",
    "s3_key",
    "map_key",
    "lookup_key",
    "csrf_token_name",
    "next_token",
    "nexttoken",
    "page_token",
    "pagetoken",
    "continue_token",
    "nextpage",
    "continuation",
    "sync_token",
    "tokenizer",
    "max_token",
    "maxtoken",
    "prompt_token",
    "completion_token",
    "total_token",
    "input_token",
    "output_token",
    "no-secret",
    "public_token",
    "publishable",
    "cancellation",
    "unexpected",
    "fingerprint",
    "public_api_key_token",
    "publickeytoken",
    "design-token",
    "design_token",
    "secretname",
    "authenticity",
    "x-auth-user",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TAILS.is_sorted());
    }
}
