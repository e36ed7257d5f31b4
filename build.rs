//! Builds the program anew when the page it embeds was built; never builds the page itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=web/dist");
}
