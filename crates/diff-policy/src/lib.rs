//! diff-policy
