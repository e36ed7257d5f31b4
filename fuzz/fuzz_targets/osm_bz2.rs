#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    walkshed_fuzz::readers::osm_bz2(data);
});
