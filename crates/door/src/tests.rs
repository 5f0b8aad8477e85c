use remediation::Actor;
use serde_json::json;
use text::Untrusted;

use super::*;

fn failure() -> Failure {
    let repository = json!({ "id": 8412, "full_name": "acme/widgets", "html_url": "https://github.com/acme/widgets",
        "default_branch": "main" });
    let run = json!({ "id": 12216892003_u64, "workflow_id": 77, "status": "completed", "conclusion": "failure",
        "head_branch": "feat/x", "head_sha": "6f1c0f6b9d3e4a5c8b7a2d1e0f9c8b7a6d5e4f3a", "run_attempt": 1,
        "event": "pull_request", "head_repository": { "id": 8412 }, "pull_requests": [ { "number": 42 } ] });
    Failure::of_run(&serde_json::from_value(repository).unwrap(), &serde_json::from_value(run).unwrap())
}

fn octavia() -> Asked {
    let actor = Actor { id: 501, login: Some(Untrusted::new("octavia")), r#type: Some("User".into()) };
    Asked { actor, command: "retry", door: "cmd-8412-492700400".into() }
}

/// What a real Argo Events made of a webhook that says the same.
#[test]
fn a_run_is_told_of_as_the_sensor_does() {
    let manifest = manifest(&failure(), 1, None, "healer");
    let made: Resource = serde_json::from_value(manifest.clone()).unwrap();
    let told = projection::encode(&event(&made).unwrap());
    assert_eq!(
        told,
        "{\"action\":\"completed\",\"repository\":{\"default_branch\":\"main\",\"full_name\":\"acme/widgets\",\
         \"html_url\":\"https://github.com/acme/widgets\",\"id\":8412},\"workflow_run\":{\"conclusion\":\"failure\",\
         \"event\":\"pull_request\",\"head_branch\":\"feat/x\",\"head_repository\":{\"id\":8412},\
         \"head_sha\":\"6f1c0f6b9d3e4a5c8b7a2d1e0f9c8b7a6d5e4f3a\",\"id\":12216892003,\"pull_requests\":[{\"base\":\
         {\"repo\":{\"id\":null}},\"head\":{\"repo\":{\"id\":null},\"sha\":null},\"number\":42}],\"run_attempt\":1,\
         \"workflow_id\":77}}"
    );
    assert_eq!(manifest["metadata"]["name"], "ci-8412-12216892003-1");
    assert_eq!(manifest["spec"]["arguments"]["parameters"].as_array().unwrap().len(), 3, "as the sensor's");
}

#[test]
fn a_round_says_who_asked() {
    let manifest = manifest(&failure(), 2, Some(&octavia()), "healer");
    assert_eq!(manifest["metadata"]["name"], "ci-8412-12216892003-1-r2");
    let made: Resource = serde_json::from_value(manifest).unwrap();
    assert_eq!(argument(&made, "round"), Some("2"));
    assert_eq!(door_of(&made).as_deref(), Some("cmd-8412-492700400"));
    assert_eq!(event(&made).unwrap()["healer"]["actor"]["id"], 501);
}

#[test]
fn an_alerts_name_says_which_it_is() {
    assert_eq!(alert_of("sec-8412-code-scanning-10"), Some((remediation::AlertType::CodeScanning, 10)));
    assert_eq!(alert_of("sec-8412-dependabot-20"), Some((remediation::AlertType::Dependabot, 20)));
    for other in ["ci-8412-12216892003-1", "sec-8412-bananas-1", "sec-8412-dependabot-x", "sec-1"] {
        assert_eq!(alert_of(other), None, "{other}");
    }
}
