//! Go: go build, go test, go vet, golangci-lint, gofmt, modules.

use crate::rule::{Rule, rule};

/// The rows.
pub const RULES: &[Rule] = &[
    rule!("go_test_fail", General, Cause 93, ["--- FAIL: "], r"^\s*--- FAIL: \S+ \([\d.]+s\)", yes ["--- FAIL: TestAdd (0.00s)", "    --- FAIL: TestAdd/zero (0.00s)"], no ["--- PASS: TestFAIL (0.00s)"]),
    rule!("go_test_location", General, Cause 84, ["_test.go:"], r"^\s+\w+_test\.go:\d+: \S", yes ["    add_test.go:9: Add(1,2) = 4; want 3"], no ["see add_test.go:9"]),
    rule!("go_package_fail", General, Verdict 92, ["FAIL\t"], r"^FAIL\t\S+\t[\d.]+s", yes ["FAIL\tgithub.com/a/b\t0.003s"], no ["FAIL x", "FAIL\tgithub.com/a/b [setup failed]"]),
    rule!("go_package_not_built", General, Verdict 64, ["FAIL\t"], r"^FAIL\t\S+ \[(build|setup) failed\]", yes ["FAIL\tgithub.com/a/b [build failed]"], no ["FAIL\tgithub.com/a/b\t0.003s"]),
    rule!("go_panic", General, Cause 86, ["panic: "], r"^panic: (\S.*)", yes ["panic: runtime error: index out of range [3] with length 3 [recovered]"], no ["  panic: x"]),
    rule!("go_race", General, Cause 88, ["WARNING: DATA RACE", "race detected during execution"], r"^WARNING: DATA RACE|race detected during execution of test", yes ["WARNING: DATA RACE"], no ["data race"]),
    rule!("go_compile_error", General, Cause 90, [".go:"], r"^(\./|vet: )?\S+\.go:\d+:\d+: \S", yes ["./main.go:12:5: undefined: foo", "vet: ./a.go:3:4: x declared and not used"], no ["    at main.go:12:5", "history.go:56: 2026-11-21 [debug] getting history"]),
    rule!("golangci_finding", General, Cause 92, [".go:"], r"^\s{0,4}\S+\.go:\d+:\d+: .* \([a-z]+\)$", yes ["main.go:12:5: Error return value of `f.Close` is not checked (errcheck)"], no ["main.go: (errcheck)"]),
    rule!("go_mod", General, Cause 90, ["go: ", "no required module", "missing go.sum", "verifying "], r"^go: (.*(missing go\.sum entry|updates to go\.mod needed|unknown revision|invalid version|module declares its path|requires go >= |inconsistent vendoring|no matching versions|reading .*404|cannot find module|does not contain package|ambiguous import|errors parsing go\.mod|toolchain not available))|^(no required module provides package|missing go\.sum entry)|verifying .*: checksum mismatch", yes ["go: updates to go.mod needed; to update it:", "go: github.com/a/b@v9.9.9: invalid version: unknown revision v9.9.9", "verifying github.com/a/b@v1.0.0: checksum mismatch"], no ["go: downloading github.com/a/b v1.0.0"]),
    rule!("gofmt_diff", General, Cause 76, ["diff ", "File is not `gofmt`", "gofmt"], r"^diff (-u )?\S+\.go(\.orig)? \S+\.go|File is not (properly formatted|`gofmt)", yes ["diff main.go.orig main.go", "main.go:3:1: File is not properly formatted (gofmt)"], no ["gofmt ok"]),
    rule!("ginkgo_fail", General, Cause 86, ["[FAIL]", "[Fail]"], r"^\s*(•? ?\[(FAIL|Fail|FAILED)\]) ", yes ["[FAIL] Controller [It] reconciles"], no ["x [FAIL]"]),
    rule!("go_not_found", General, Cause 70, ["can't load package", "cannot find package", "is not in std", "matched no packages"], r"can't load package: |cannot find package \x22|is not in std( |$)", yes ["main.go:4:2: package foo/bar is not in std (/usr/local/go/src/foo/bar)"], no ["package found"]),
];
