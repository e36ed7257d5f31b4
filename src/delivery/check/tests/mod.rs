//! No forged plan is believed: plans of all problems on a made-up street, forged leaf by leaf.

mod desk;
mod forged;
mod golden;
mod leaves;
