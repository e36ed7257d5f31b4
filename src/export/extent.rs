//! The box around what a file shows (RFC 7946, section 5).

/// Whole 1e-7 degrees of longitude once around.
const AROUND: i64 = 3_600_000_000;

/// West, south, east and north of all positions so far, in whole 1e-7 degrees. Longitudes are kept twice: as
/// they are, and counted eastward from Greenwich, where the antimeridian is no edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    lon: (i64, i64),
    eastward: (i64, i64),
    lat: (i64, i64),
}

impl Extent {
    /// Takes in a position, longitude first.
    pub(super) fn add(&mut self, (lon, lat): (i64, i64)) {
        let eastward = if lon < 0 { lon + AROUND } else { lon };
        self.merge(Self {
            span: Some(Span { lon: (lon, lon), eastward: (eastward, eastward), lat: (lat, lat) }),
        });
    }

    /// Takes in all that `other` holds.
    pub(super) fn merge(&mut self, other: Self) {
        let join = |a: (i64, i64), b: (i64, i64)| (a.0.min(b.0), a.1.max(b.1));
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some(Span {
                lon: join(a.lon, b.lon),
                eastward: join(a.eastward, b.eastward),
                lat: join(a.lat, b.lat),
            }),
            (a, b) => a.or(b),
        };
    }

    /// West, south, east, north; `None` of nothing. A box across the antimeridian has its west greater than its
    /// east (RFC 7946, section 5.2).
    pub(super) fn bounds(self) -> Option<[i64; 4]> {
        let Span { lon, eastward, lat } = self.span?;
        let home = |lon: i64| if lon > AROUND / 2 { lon - AROUND } else { lon };
        let (west, east) = if eastward.1 - eastward.0 < lon.1 - lon.0 {
            (home(eastward.0), home(eastward.1))
        } else {
            lon
        };
        Some([west, lat.0, east, lat.1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(places: &[(i64, i64)]) -> Option<[i64; 4]> {
        let mut extent = Extent::default();
        for &place in places {
            extent.add(place);
        }
        extent.bounds()
    }

    #[test]
    fn a_box_holds_its_places() {
        assert_eq!(around(&[]), None);
        assert_eq!(around(&[(5, 7)]), Some([5, 7, 5, 7]));
        assert_eq!(around(&[(-5, 7), (3, -2)]), Some([-5, -2, 3, 7]));
    }

    #[test]
    fn a_box_over_the_antimeridian_begins_in_the_east() {
        let (fiji_east, fiji_west) = (1_795_000_000, -1_798_000_000);
        assert_eq!(around(&[(fiji_east, 1), (fiji_west, 2)]), Some([fiji_east, 1, fiji_west, 2]));
        // Parts that are cut there touch it from both sides.
        let cut = [(fiji_east, 1), (1_800_000_000, 1), (-1_800_000_000, 1), (fiji_west, 2)];
        assert_eq!(around(&cut), Some([fiji_east, 1, fiji_west, 2]));
    }
}
