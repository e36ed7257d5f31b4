//! Geohash: a short word for a cell of the earth, the same for ever
//! (<https://en.wikipedia.org/wiki/Geohash>).

use super::LonLat;

const DIGITS: &[u8; 32] = b"0123456789bcdefghjkmnpqrstuvwxyz";

/// The geohash of `place` in `length` letters; eight name a cell of 38 m by 19 m on the equator.
pub fn geohash(place: LonLat, length: usize) -> String {
    let (mut lon, mut lat) = ([-1_800_000_000_i64, 1_800_000_000], [-900_000_000_i64, 900_000_000]);
    let mut word = String::with_capacity(length);
    let mut is_lon = true;
    for _ in 0..length {
        let mut digit = 0;
        for _ in 0..5 {
            let (range, at) =
                if is_lon { (&mut lon, place.lon_e7()) } else { (&mut lat, place.lat_e7()) };
            // Rounded down: a border lies at most 1e-7 degrees beside that of an endless fraction.
            let middle = (range[0] + range[1]).div_euclid(2);
            let is_high = i64::from(at) >= middle;
            range[usize::from(!is_high)] = middle;
            digit = digit * 2 + usize::from(is_high);
            is_lon = !is_lon;
        }
        word.push(char::from(DIGITS[digit]));
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_other_tools() {
        // The first is the example of the scheme's author; the others were worked out in floating point.
        for (lon, lat, word) in [
            (10.407_44, 57.649_11, "u4pruydq"),
            (-5.6, 42.6, "ezs42e44"),
            (-0.127_5, 51.507_222, "gcpvj0e5"),
            (118.6, 24.9, "wskmducv"),
        ] {
            let place = LonLat::new(lon, lat).unwrap();
            assert_eq!(geohash(place, 8), word, "{lon} {lat}");
        }
    }
}
