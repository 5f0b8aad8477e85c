//! What a remediation waits for when another one owns its cause. `announce` and `escalate` say the same.

use remediation::{Claim, Role, UnknownWord};

/// The headline.
pub const LINKED_HEADLINE: &str = "This failure is being repaired elsewhere";
/// What a person should do.
pub const LINKED_ADVICE: &str = "Nothing to do now. Update the branch when the other repair is in.";

/// Who repairs it, in our words; `None` if this remediation does.
///
/// # Errors
/// A role of a newer version.
pub fn linked(claim: &Claim) -> Result<Option<String>, UnknownWord> {
    Ok(match claim.role.require("claim.role")? {
        Role::Owner => None,
        Role::Linked => {
            let at = claim.owner_pull_request.map(|number| format!(" (#{number})")).unwrap_or_default();
            let owner = claim.owner.as_deref().unwrap_or("another remediation");
            Some(format!("`{owner}`{at} repairs the same cause."))
        }
        Role::FixedUpstream => Some("The base branch has the fix already: update this branch.".to_owned()),
    })
}
