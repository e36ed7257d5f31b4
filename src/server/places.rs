//! Where things lie on the machine of the server, which is nobody's business who asks it.

use std::path::Path;
use std::sync::{PoisonError, RwLock};

use super::scratch;

/// Folders whose names are left out of what is told, the longest first.
static FOLDERS: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Leaves the folder out of everything that is told from here on.
pub(super) fn keep_to_ourselves(folder: &Path) {
    let told = [folder.to_owned()].into_iter().chain(folder.canonicalize());
    let mut folders = FOLDERS.write().unwrap_or_else(PoisonError::into_inner);
    for folder in told {
        let name = folder.to_string_lossy().trim_end_matches('/').to_owned();
        if folder.is_absolute() && !name.is_empty() && !folders.contains(&name) {
            folders.push(name);
        }
    }
    folders.sort_by_key(|name| std::cmp::Reverse(name.len()));
}

/// `text` with the files of the server named without their folders.
pub(super) fn without_places(text: &str) -> String {
    let folders = FOLDERS.read().unwrap_or_else(PoisonError::into_inner);
    let scratch = scratch::place().map(|place| place.to_string_lossy().into_owned());
    let mut told = text.to_owned();
    for folder in scratch.iter().chain(folders.iter()) {
        told = told.replace(&format!("{folder}/"), "");
        told = told.replace(folder.as_str(), "its folder");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_server_are_not_told() {
        keep_to_ourselves(Path::new("/srv/town of walkers"));
        keep_to_ourselves(Path::new("/srv/town of walkers/inner"));
        let text = "cannot read /srv/town of walkers/inner/a.csv nor /srv/town of walkers/b.csv in /srv/town of walkers";
        assert_eq!(without_places(text), "cannot read a.csv nor b.csv in its folder");
        assert_eq!(without_places("/api/v1/studies"), "/api/v1/studies");
    }
}
