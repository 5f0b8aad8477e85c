//! What no table of shapes or names can say: URLs with credentials, JWTs, headers, command lines, masks.

mod command;
mod jwt;
mod mask;
mod url;

/// Takes a found secret: begin, end, rule.
pub(crate) type Found<'a> = &'a mut dyn FnMut(usize, usize, &'static str);

/// A keyword and the function that looks around it.
pub(crate) struct Special {
    pub keyword: &'static str,
    /// Looks at the place of the keyword and tells how far it has read for good.
    pub look: fn(&str, usize, Found<'_>) -> usize,
}

/// The keywords, in any case.
pub(crate) const SPECIALS: &[Special] = &[
    Special { keyword: "://", look: url::credentials },
    Special { keyword: ":\\/\\/", look: url::escaped },
    Special { keyword: "eyj", look: jwt::token },
    Special { keyword: "***", look: mask::remainder },
    Special { keyword: "authorization", look: command::authorization },
    Special { keyword: "bearer ", look: command::bearer },
    Special { keyword: "cookie", look: command::cookie },
    Special { keyword: "curl", look: command::curl },
    Special { keyword: " login ", look: command::flags },
    Special { keyword: "redis-cli", look: command::flags },
    Special { keyword: "keytool", look: command::flags },
    Special { keyword: "jarsigner", look: command::flags },
    Special { keyword: "ldap", look: command::flags },
    Special { keyword: "openssl", look: command::flags },
    Special { keyword: "mongo", look: command::flags },
    Special { keyword: "sqlcmd", look: command::flags },
    Special { keyword: "cqlsh", look: command::flags },
    Special { keyword: "unzip", look: command::flags },
    Special { keyword: "--from-literal", look: command::literal },
    Special { keyword: "sshpass", look: command::short_password },
    Special { keyword: "mysql", look: command::short_password },
    Special { keyword: "wget", look: command::curl },
    Special { keyword: "-u ", look: command::continued },
    Special { keyword: "--user ", look: command::continued },
    Special { keyword: "\"auth\"", look: command::docker_config },
    Special { keyword: "private key", look: crate::pem::one_line },
];
