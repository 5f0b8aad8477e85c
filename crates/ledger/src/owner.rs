//! Who works on a remediation: an Argo Workflow, or nobody when a person works by hand.

use remediation::record::Owner;
use step::Cannot;
use world::{Cluster, WorkflowRef};

use crate::cannot;

/// The Argo Workflow that runs this step. By hand there is none.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Owner")]
#[group(skip)]
pub struct OwnerArgs {
    /// Name of the Argo Workflow that runs this step
    #[arg(long, value_name = "NAME", env = "HEALER_WORKFLOW_NAME", requires = "workflow_uid")]
    pub workflow_name: Option<String>,
    /// Its uid: a Workflow of the same name with another uid is another run
    #[arg(long, value_name = "UID", env = "HEALER_WORKFLOW_UID", requires = "workflow_name")]
    pub workflow_uid: Option<String>,
    /// Its namespace [default: the configuration's]
    #[arg(long, value_name = "NAMESPACE", env = "HEALER_WORKFLOW_NAMESPACE")]
    pub workflow_namespace: Option<String>,
}

impl OwnerArgs {
    /// The owner to be written into a record.
    pub fn owner(&self, namespace: &str) -> Option<Owner> {
        self.workflow_name.clone().map(|workflow| Owner {
            namespace: self.workflow_namespace.clone().unwrap_or_else(|| namespace.to_owned()),
            workflow,
            uid: self.workflow_uid.clone(),
        })
    }
}

/// Whether both are the same run. Nobody and nobody are: a person working by hand, again.
pub fn same(one: Option<&Owner>, other: Option<&Owner>) -> bool {
    one == other
}

/// Whether the owner may still do something. Nobody, an absent and an ended Workflow do not.
///
/// # Errors
/// The look-up failed: that is never taken as dead.
pub async fn lives(ports: &impl Cluster, owner: Option<&Owner>) -> Result<bool, Cannot> {
    let Some(owner) = owner else { return Ok(false) };
    let workflow = WorkflowRef {
        namespace: owner.namespace.clone(),
        name: owner.workflow.clone(),
        uid: owner.uid.clone().unwrap_or_default(),
    };
    Ok(!ports.workflow_state(&workflow).await.map_err(cannot)?.is_over())
}
