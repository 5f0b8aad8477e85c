//! The facts of a security alert. The value of a leaked secret is never asked for.

use redact::Foreign;
use remediation::{AlertType, SecurityAlert, caps};
use text::Untrusted;
use world::github::{Alert, AlertKind};

/// How the API calls the type.
pub fn kind(of: AlertType) -> AlertKind {
    match of {
        AlertType::Dependabot => AlertKind::Dependabot,
        AlertType::CodeScanning => AlertKind::CodeScanning,
        AlertType::SecretScanning => AlertKind::SecretScanning,
    }
}

/// The alert as the document keeps it.
pub fn facts(of: AlertType, alert: &Alert) -> SecurityAlert {
    let foreign = Foreign::new();
    // Whether there is text is decided before anything invisible in it goes.
    let line = |text: &Untrusted| (!text.is_empty()).then(|| foreign.line(text, caps::TEXT));
    let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let advisory = alert.security_advisory.as_ref();
    let dependency = alert.dependency.as_ref();
    let patched = alert.security_vulnerability.as_ref().and_then(|weak| weak.first_patched_version.as_ref());
    let instance = alert.most_recent_instance.as_ref();
    let place = instance.and_then(|instance| instance.location.as_ref());
    let rule = alert.rule.as_ref();
    let package = dependency.and_then(|dependency| dependency.package.as_ref()).map(|package| {
        let ecosystem = Some(&package.ecosystem).filter(|ecosystem| !ecosystem.is_empty());
        let prefix = ecosystem.map(|ecosystem| format!("{ecosystem}:")).unwrap_or_default();
        Untrusted::new(format!("{prefix}{}", package.name.expose()))
    });
    let identifier = advisory
        .and_then(|advisory| advisory.cve_id.clone().or_else(|| word(&advisory.ghsa_id)))
        .map(Untrusted::new)
        .or_else(|| rule.and_then(|rule| rule.id.clone()))
        .or_else(|| alert.secret_type.clone().map(Untrusted::new));
    let summary = advisory
        .map(|advisory| &advisory.summary)
        .or_else(|| instance.and_then(|instance| instance.message.as_ref()).map(|message| &message.text))
        .or_else(|| rule.map(|rule| &rule.description))
        .or(alert.secret_type_display_name.as_ref());
    SecurityAlert {
        r#type: of.into(),
        number: alert.number,
        state: alert.state.clone(),
        severity: advisory
            .and_then(|advisory| word(&advisory.severity))
            .or_else(|| rule.and_then(|rule| rule.security_severity_level.clone().or_else(|| rule.severity.clone()))),
        package: package.as_ref().and_then(line),
        manifest: dependency.and_then(|dependency| line(&dependency.manifest_path)),
        patched_version: patched.and_then(|patched| line(&patched.identifier)),
        identifier: identifier.as_ref().and_then(line),
        summary: summary.and_then(line),
        path: place.and_then(|place| line(&place.path)),
        line: place.map(|place| place.start_line).filter(|line| *line > 0),
    }
}
