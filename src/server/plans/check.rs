//! A plan checked again: its proof without the solver, and every home that it claims walked from its own door.

use serde::Serialize;
use utoipa::ToSchema;

use super::Plan;
use crate::ids::Id;
use crate::placement::explain::gained;
use crate::placement::plan::Need;
use crate::placement::recheck::{Claim, Retrace};
use crate::placement::verify;
use crate::progress::Silent;

/// One thing that was checked.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlanCheck)]
pub(in crate::server) struct Check {
    /// Whether it holds.
    holds: bool,
    /// What it is, in a sentence.
    text: String,
}

/// What came of checking a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::server) struct Verified {
    /// Whether everything holds.
    valid: bool,
    /// What was checked.
    checks: Vec<Check>,
    /// The first thing found wrong.
    reason: Option<String>,
}

impl Plan {
    /// Checks the plan again.
    pub(in crate::server) fn verified(&self) -> Verified {
        let mut checks = Vec::new();
        let proof = verify(&self.instance, &self.solution.problem, &self.solution);
        let is_zh = self.app.meta().language == "zh";
        let said = |en: &str, zh: &str| if is_zh { zh.to_owned() } else { en.to_owned() };
        let mut reason = proof.as_ref().err().map(ToString::to_string);
        checks.push(Check {
            holds: proof.is_ok(),
            text: said(
                "the plan keeps all rules, has the value stated, and its certificate proves the bound in whole numbers",
                "方案遵守全部规则，数值属实，且其证书以整数运算证明了上界",
            ),
        });
        match self.walked() {
            Ok((homes, wrong)) => {
                checks.push(Check {
                    holds: wrong == 0,
                    text: if is_zh {
                        format!("{homes} 处新覆盖住所各自从门口重新步行，时间一致")
                    } else {
                        format!("{homes} newly covered homes walked again, each from its own door, at the time stated")
                    },
                });
                if wrong > 0 {
                    reason.get_or_insert(format!(
                        "{wrong} homes do not reach their site in the time stated"
                    ));
                }
            }
            Err(fault) => {
                checks.push(Check { holds: false, text: fault.clone() });
                reason.get_or_insert(fault);
            }
        }
        Verified { valid: checks.iter().all(|check| check.holds), checks, reason }
    }

    /// How many homes were walked again, and how many of them came out otherwise.
    fn walked(&self) -> Result<(usize, usize), String> {
        let baseline = self.app.baseline();
        let walker =
            baseline.find_walker(&self.rule.profile).ok_or("nobody walks in this study")?;
        let need =
            Need::find(baseline.site(), walker, &self.rule).map_err(|fault| fault.to_string())?;
        let reach = need.reach(&self.candidates, &Silent).map_err(|fault| fault.to_string())?;
        let homes = gained(&need, &reach, &self.solution.chosen);
        let claims: Vec<Claim> = homes
            .iter()
            .map(|home| Claim {
                point: home.point,
                doors: &self.candidates[home.site.index()].stands,
                time: Some(home.time),
            })
            .collect();
        let retrace = Retrace {
            graph: &baseline.graph,
            impedance: need.impedance(),
            homes: &walker.demand,
            cutoff: need.cutoff,
        };
        Ok((claims.len(), retrace.refute(&claims).len()))
    }
}
