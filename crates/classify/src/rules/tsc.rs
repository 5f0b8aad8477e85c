//! tsc, vue-tsc, svelte-check, ts-node, flow: type checking.
//! Grammar: `file(line,col): error TS…` and, with `--pretty`, `file:line:col - error TS…`.

use crate::rule::{Rule, rule};

/// The rows.
pub const RULES: &[Rule] = &[
    rule!("tsc_error", FrontendTypescript, Cause 94, ["error TS"], r"^\s*\S.*(\(\d+,\d+\)|:\d+:\d+)(: | - |:\s)error TS\d+: |^error TS\d+: |^(ERROR in )?\S+:\d+:\d+\s*TS\d+",
        yes ["src/a.ts(18,10): error TS2614: Module '\"@/p\"' has no exported member 'P'.", "src/m.tsx:7:19 - error TS2741: Property 'label' is missing", "error TS18003: No inputs were found in config file"],
        no ["expect(out).toContain('error TS2322')"]),
    rule!("deno_check", FrontendTypescript, Cause 94, [" [ERROR]: "], r"^TS\d{4,5} \[ERROR\]: ", yes ["TS2345 [ERROR]: Argument of type 'string' is not assignable to parameter of type 'number'."], no ["TS2345 [WARN]: x"]),
    rule!("tsc_found", FrontendTypescript, Verdict 80, ["Found "], r"^Found \d+ errors?( in |\.)",
        within ["tsc", "type"], yes ["Found 3 errors in 2 files.", "Found 1 error in src/m.tsx:7"], no ["Found 3 errors while linting", "Found 3 vulnerabilities"]),
    rule!("ts_bundler_error", FrontendTypescript, Cause 93, ["TS2", "TS1", "TS7"], r"^(ERROR in |✘ \[ERROR\] |\[tsl\] ERROR |Error: )?(\S+\s)?.{0,80}\bTS[127]\d{3,4}: ",
        yes ["✘ [ERROR] TS2322: Type 'string' is not assignable to type 'number'. [plugin angular-compiler]", "TS2322: Type 'a' is not assignable"], no ["see TS2322"]),
    rule!("ts_node_diagnostics", FrontendTypescript, Cause 84, ["TSError: ", "Unable to compile TypeScript"], r"TSError: .*Unable to compile TypeScript",
        yes ["TSError: ⨯ Unable to compile TypeScript:"], no ["TSError"]),
    rule!("next_type_error", FrontendTypescript, Cause 93, ["Type error: "], r"^Type error: ", yes ["Type error: Property 'a' does not exist on type 'B'."], no ["TypeError: a is not a function"]),
    rule!("next_failed_types", FrontendTypescript, Verdict 60, ["Failed to compile", "checking validity of types"], r"^\s*(Next\.js build worker exited|Linting and checking validity of types)",
        yes ["   Linting and checking validity of types ..."], no ["Failed to compile"]),
    rule!("svelte_check", FrontendTypescript, Verdict 88, ["svelte-check found"], r"svelte-check found [1-9]\d* errors?", yes ["svelte-check found 2 errors and 1 warning in 2 files"], no ["svelte-check found 0 errors and 0 warnings"]),
    rule!("astro_check", FrontendTypescript, Verdict 80, [" - error ts("], r" - error ts\(\d+\): ", yes ["src/a.astro:3:4 - error ts(2322): Type"], no ["error ts"]),
    rule!("flow_error", FrontendTypescript, Cause 82, ["Error ------", "Error ┈┈"], r"^Error (-|┈){6,}", yes ["Error ------------------------------------------ src/a.js:3:5"], no ["Error --"]),
    rule!("attw_or_dts", FrontendTypescript, Cause 72, ["error occurred in dts build", "DTS Build error", "(plugin dts)"], r"error occurred in dts build|DTS Build error|\[?plugin (rpt2|dts|typescript)", yes ["Error: error occurred in dts build"], no ["dts build ok"]),
    rule!("svelte_check_error", FrontendTypescript, Cause 88, [" (ts)", " (js)", " (svelte)"], r"^Error: .* \((ts|js|svelte)\)$", yes ["Error: Type 'number' is not assignable to type 'string'. (ts)"], no ["Warn: unused export (ts)"]),
];
