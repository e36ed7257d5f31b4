//! A repaired field equals a field swept from scratch, label by label, and an edit taken back leaves nothing.

use crate::support;

use support::random::{self, Dice, Mix};
use support::walkers::{adult, hasty, stroller};
use walkshed::ids::EdgeId;
use walkshed::reach::{Direction, FieldEdit, FieldRepair, Ground, NearestField, Seed, Seeds};
use walkshed::street::{
    EdgePosition, Impedance, NewStreet, StreetChange, StreetClass, StreetGraph, StreetOverlay,
    StreetTraits, WalkProfile,
};
use walkshed::units::WalkTime;

/// A field under edits, with all it stands on.
struct Standing {
    profile: WalkProfile,
    streets: StreetOverlay,
    impedance: Impedance,
    direction: Direction,
    seeds: Seeds,
    field: NearestField,
    repair: FieldRepair,
}

/// What one step of a test did.
enum Step {
    Seeds(Vec<Seed>, Vec<Seed>),
    Streets(StreetChange),
    Bound,
}

impl Standing {
    fn new(seed: u64, mix: Mix) -> (Self, Dice) {
        let random::Network { ingredients, mut dice } = random::network(seed, mix);
        let graph = StreetGraph::build(&ingredients);
        let profile = match dice.below(3) {
            0 => adult(),
            1 => stroller(),
            _ => hasty(),
        };
        let streets = StreetOverlay::new(&graph);
        let impedance = Impedance::new(&graph, &profile);
        let direction = if dice.once_in(2) { Direction::Toward } else { Direction::From };
        let seeds =
            Seeds::new((0..dice.below(5)).map(|_| random::start(&graph, &mut dice)).collect());
        let ground = Ground { graph: streets.graph(), impedance: &impedance, direction };
        let bound = bound(&mut dice);
        let field = NearestField::sweep(&ground, &seeds, bound);
        let repair = FieldRepair::default();
        (Self { profile, streets, impedance, direction, seeds, field, repair }, dice)
    }

    fn scratch(&self) -> NearestField {
        let graph = self.streets.graph();
        let impedance = Impedance::new(graph, &self.profile);
        let ground = Ground { graph, impedance: &impedance, direction: self.direction };
        NearestField::sweep(&ground, &self.seeds, self.field.bound())
    }

    fn draw_streets(&mut self, dice: &mut Dice) -> StreetChange {
        let at = random::position(self.streets.graph(), dice);
        match dice.below(3) {
            0 => {
                let length = self.streets.graph().edges()[at.edge].length_mm;
                let whole = self.streets.whole(EdgePosition { edge: at.edge, offset_mm: 0 });
                let length_all = self.streets.graph().edges()[whole.edge].length_mm;
                let (a, b) = (dice.below(length + 1), dice.below(length + 1));
                let all = dice.once_in(2);
                let span = if all { (0, length_all) } else { (a.min(b), a.max(b)) };
                self.streets.close(whole.edge, span.0, span.1)
            }
            1 => {
                let shut = self.streets.graph().edges().enumerate().filter(|(_, edge)| {
                    edge.traits.intersects(StreetTraits::CLOSED | StreetTraits::NARROW)
                });
                let shut: Vec<EdgeId> = shut.map(|(id, _)| id).take(2).collect();
                self.streets.open(&shut)
            }
            _ => {
                let other = random::position(self.streets.graph(), dice);
                let length_mm = if dice.once_in(3) { 0 } else { dice.below(40_000) };
                let traits = StreetTraits::empty();
                let street =
                    NewStreet { class: StreetClass::Gate, traits, length_mm, shape: Vec::new() };
                self.streets.link([at, other], &street)
            }
        }
    }

    fn draw_seeds(&self, dice: &mut Dice) -> (Vec<Seed>, Vec<Seed>) {
        let known = self.seeds.all();
        let mut removed = Vec::new();
        if !known.is_empty() && !dice.once_in(3) {
            removed.push(known[dice.below(known.len() as u32) as usize]);
        }
        let mut added = Vec::new();
        if removed.is_empty() || dice.once_in(2) {
            added.push(random::start(self.streets.graph(), dice));
        }
        added.retain(|seed| !known.contains(seed));
        (removed, added)
    }

    /// One random edit; the field as it was before is returned to compare with after taking the edit back.
    fn step(&mut self, dice: &mut Dice) -> (Step, walkshed::reach::FieldChange) {
        match dice.below(7) {
            0..=2 => {
                let (removed, added) = self.draw_seeds(dice);
                self.seeds.exchange(&removed, &added);
                let edit = FieldEdit { removed: &removed, added: &added, ..FieldEdit::default() };
                let change = self.mend(&edit);
                (Step::Seeds(removed, added), change)
            }
            3..=5 => {
                let streets = self.draw_streets(dice);
                self.follow(&streets);
                let (raised, lowered) = (&streets.raised, &streets.lowered);
                let change = self.mend(&FieldEdit { raised, lowered, ..FieldEdit::default() });
                (Step::Streets(streets), change)
            }
            _ => {
                let bound = bound(dice);
                let ground = Ground {
                    graph: self.streets.graph(),
                    impedance: &self.impedance,
                    direction: self.direction,
                };
                let change = self.repair.rebound(&mut self.field, &ground, &self.seeds, bound);
                (Step::Bound, change)
            }
        }
    }

    fn follow(&mut self, streets: &StreetChange) {
        let changed: Vec<EdgeId> = streets.changed().collect();
        self.impedance.follow(self.streets.graph(), &self.profile, &changed);
    }

    fn mend(&mut self, edit: &FieldEdit) -> walkshed::reach::FieldChange {
        let ground = Ground {
            graph: self.streets.graph(),
            impedance: &self.impedance,
            direction: self.direction,
        };
        self.repair.repair(&mut self.field, &ground, &self.seeds, edit)
    }

    fn take_back(&mut self, step: &Step, change: &walkshed::reach::FieldChange) {
        FieldRepair::revert(&mut self.field, change);
        match step {
            Step::Seeds(removed, added) => self.seeds.exchange(added, removed),
            Step::Streets(streets) => {
                self.streets.revert(streets);
                self.follow(streets);
            }
            Step::Bound => {}
        }
    }
}

fn bound(dice: &mut Dice) -> WalkTime {
    if dice.once_in(3) { WalkTime::LONGEST } else { WalkTime::from_ms(dice.below(900_000)) }
}

fn run(seed: u64, mix: Mix, edits: u32) -> u32 {
    let (mut standing, mut dice) = Standing::new(seed, mix);
    let mut changed = 0;
    for edit in 0..edits {
        let before = standing.field.clone();
        let arcs_before = format!("{:?}", standing.streets.graph());
        let (step, change) = standing.step(&mut dice);
        assert_eq!(standing.field, standing.scratch(), "seed {seed}, edit {edit}");
        changed += u32::from(change.nodes().len() > 0);
        if dice.once_in(3) {
            standing.take_back(&step, &change);
            assert_eq!(standing.field, before, "seed {seed}, edit {edit} taken back");
            assert_eq!(standing.field, standing.scratch(), "seed {seed}, edit {edit} taken back");
            assert_eq!(arcs_before, format!("{:?}", standing.streets.graph()));
        }
    }
    changed
}

#[test]
fn a_repaired_field_equals_one_swept_from_scratch_after_ten_thousand_edits() {
    let changed: u32 = (0..500).map(|seed| run(seed, Mix::Public, 14)).sum();
    assert!(changed > 2_000, "only {changed} of 7,000 edits changed anything");
    let private: u32 = (0..250).map(|seed| run(seed, Mix::WithPrivate, 14)).sum();
    assert!(private > 1_000, "only {private} of 3,500 edits changed anything");
}
