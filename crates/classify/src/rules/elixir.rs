//! Elixir and Erlang: mix, ExUnit, credo, dialyzer, rebar.

use crate::rule::{Rule, rule};

/// The rows.
pub const RULES: &[Rule] = &[
    rule!("exunit_failure", General, Cause 92, [") test ", ") property ", ") doctest "], r"^\s+\d+\) (test|property|doctest) .* \([A-Z][\w.]*\)$", yes ["  1) test rounds totals (CartTest)"], no ["  1) test rounds totals"]),
    rule!("elixir_error", General, Cause 90, ["** (", "== Compilation error in file"], r"^\s*\*\* \([A-Z][\w.]*\) |^== Compilation error in file", yes ["** (Mix) mix format failed due to --check-formatted.", "== Compilation error in file lib/cart.ex =="], no ["a ** (b) c"]),
    rule!("dialyzer_or_credo", General, Cause 80, [":warn_", "Total errors: "], r"^\S+\.exs?:\d+(:\d+)?:\w+$|^Total errors: [1-9]", yes ["Total errors: 2, Skipped: 0, Unnecessary Skips: 0"], no ["Total errors: 0, Skipped: 0"]),
];
