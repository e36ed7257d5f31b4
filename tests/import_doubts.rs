//! What a table leaves in doubt is asked about or stops the reading; nothing is given up in silence.
#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test says what went wrong by failing"
)]

use std::fmt::Write as _;

use walkshed::import::demand::{DemandSpec, read_demand};
use walkshed::import::facilities::{FacilityLayerSpec, read_facilities};
use walkshed::import::losses::OnLoss;
use walkshed::import::osm::standard_functions;
use walkshed::import::IssueKind;

use super::import_offices::{table, total};

#[test]
fn a_row_with_a_cell_too_many_is_a_lost_one() {
    let people = "编号,经度,纬度,人口\n1,118.601,24.9,100\n2,118.605,24.9,200\n3,118.61,24.9,300\n4,118.62,24.9,1,400\n";
    let read = |on_loss| {
        let spec = DemandSpec { on_loss, ..DemandSpec::default() };
        read_demand(&table("d.csv", people), &spec, None)
    };
    let error = read(OnLoss::Stop).unwrap_err().to_string();
    for part in ["1 of 4 rows", "1400 of 2000 people", "row 5", "4, 118.62, 24.9, 1, 400"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let (found, issues) = read(OnLoss::Tell).unwrap();
    assert_eq!(total(&found), 600.0);
    assert_eq!(issues.counts().get(&IssueKind::DataDamaged), None, "said where the file is read");
    // One row of twelve is few, most of the people are not.
    let mut many = "id,lon,lat,pop\n".to_owned();
    for row in 0..11 {
        writeln!(many, "{row},118.6,24.{row:02},100").unwrap();
    }
    many.push_str("x,118.6,24.9,12,500\n");
    let spec = DemandSpec { on_loss: OnLoss::Stop, ..DemandSpec::default() };
    let error = read_demand(&table("d.csv", &many), &spec, None).unwrap_err().to_string();
    assert!(error.contains("1 of 12 rows are lost, 12500 of 13600 people"), "{error}");
    let taxonomy = standard_functions().unwrap();
    let spec = FacilityLayerSpec {
        id: "own".into(),
        on_loss: OnLoss::Stop,
        ..FacilityLayerSpec::default()
    };
    let rows = "id,name,lon,lat,type\na,A,118.6,24.9,childcare\nb,B, and C,118.6,24.8,childcare\n";
    let error = read_facilities(&table("f.csv", rows), &spec, &taxonomy, None).unwrap_err();
    assert!(error.is_lossy() && error.to_string().contains("row 3"), "{error}");
}
