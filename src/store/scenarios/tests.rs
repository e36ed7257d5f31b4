//! Files of scenarios by hand.

use super::*;
use crate::spatial::LonLat;

fn close(key: &str) -> Edit {
    Edit::CloseFacility { facility: key.to_owned(), layer: None }
}

fn mark(key: &str) -> EditMark {
    EditMark {
        shape: MarkShape::Site(LonLat::new(1.0, 2.0).unwrap()),
        change: "closed".into(),
        key: key.into(),
        name: String::new(),
        functions: "childcare".into(),
    }
}

fn named(name: &str) -> Scenario {
    Scenario { name: name.into(), ..Scenario::default() }
}

fn push(store: &ScenarioStore, id: i64, key: &str) -> Result<u64> {
    let revision = store.get(id)?.revision;
    let kept = KeptEdit { edit: &close(key), mark: &mark(key), summary: "close" };
    store.push(At { id, revision }, kept)
}

fn shown(path: &Path) -> Vec<(i64, String)> {
    let connection = Connection::open(path).unwrap();
    let mut rows = connection.prepare("SELECT edit, key FROM sites ORDER BY edit").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap()
}

#[test]
fn edits_are_undone_redone_and_replaced_and_the_layers_follow() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let store = ScenarioStore::at(&path);
    assert_eq!(store.list(Which::Kept).unwrap(), []);
    assert!(!path.exists(), "nothing is written before there is something to keep");
    let id = store.create(&named("One"), &[]).unwrap();
    for key in ["a", "b", "c"] {
        push(&store, id, key).unwrap();
    }
    let at = |revision| At { id, revision };
    assert_eq!(store.undo(at(4)).unwrap(), 5);
    assert_eq!(store.undo(at(5)).unwrap(), 6);
    assert_eq!(shown(&path), [(1, "a".to_owned())]);
    assert_eq!(store.redo(at(6)).unwrap(), 7);
    let stored = store.get(id).unwrap();
    assert_eq!((stored.applied, stored.edits.len()), (2, 3));
    assert_eq!(stored.scenario().edits, [close("a"), close("b")]);
    push(&store, id, "d").unwrap();
    assert!(matches!(store.redo(at(8)), Err(ScenarioStoreError::Nothing("redo"))));
    let again = ScenarioStore::at(&path);
    let stored = again.get(id).unwrap();
    assert_eq!(stored.scenario().edits, [close("a"), close("b"), close("d")]);
    let keys: Vec<String> = shown(&path).into_iter().map(|(_, key)| key).collect();
    assert_eq!(keys, ["a", "b", "d"]);
    let history = again.history(id).unwrap();
    let what: Vec<&str> = history.iter().map(|entry| entry.what.as_str()).collect();
    assert_eq!(what, ["create", "edit", "edit", "edit", "undo", "undo", "redo", "edit"]);
    assert_eq!(history[4].edit, Some(close("c")));
}

#[test]
fn a_change_on_an_older_revision_is_refused_whoever_made_the_newer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let (one, other) = (ScenarioStore::at(&path), ScenarioStore::at(&path));
    let id = one.create(&named("Shared"), &[]).unwrap();
    assert_eq!(other.revision(id).unwrap(), 1);
    push(&other, id, "a").unwrap();
    let kept = KeptEdit { edit: &close("b"), mark: &mark("b"), summary: "" };
    let refused = one.push(At { id, revision: 1 }, kept);
    assert!(matches!(refused, Err(ScenarioStoreError::Stale { expected: 1, found: 2, .. })));
    assert_eq!(one.get(id).unwrap().edits, [close("a")]);
}

#[test]
fn names_are_kept_apart_and_what_is_deleted_can_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let store = ScenarioStore::at(&path);
    let first = store.create(&named("Plan"), &[]).unwrap();
    let scenario = Scenario { edits: vec![close("x")], ..named("Plan") };
    let second = store.create(&scenario, &[mark("x")]).unwrap();
    assert_eq!(store.get(second).unwrap().name, "Plan 2");
    let taken = store.describe(At { id: second, revision: 1 }, Some("Plan"), None);
    assert!(matches!(taken, Err(ScenarioStoreError::NameTaken(_))));
    store.set_deleted(second, Which::Deleted).unwrap();
    assert!(shown(&path).is_empty());
    assert_eq!(store.list(Which::Kept).unwrap().len(), 1);
    assert!(store.revision(second).is_err());
    let renamed = store.describe(At { id: first, revision: 1 }, Some("Plan 2"), Some("notes"));
    assert_eq!(renamed.unwrap(), 2, "notes are a change like any other");
    store.set_deleted(second, Which::Kept).unwrap();
    assert_eq!(store.get(second).unwrap().name, "Plan 2 2");
    assert_eq!(shown(&path), [(1, "x".to_owned())]);
    assert_eq!(store.find("Plan 2").unwrap().unwrap().id, first);
    assert_eq!(store.find(&second.to_string()).unwrap().unwrap().id, second);
    assert!(store.set_deleted(second, Which::Kept).is_err());
}

#[test]
fn a_file_of_something_else_or_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE mine (a)").unwrap();
    let store = ScenarioStore::at(&path);
    assert!(matches!(store.create(&named("x"), &[]), Err(ScenarioStoreError::Foreign(_))));
    let newer = folder.path().join("newer.gpkg");
    ScenarioStore::at(&newer).create(&named("x"), &[]).unwrap();
    let connection = Connection::open(&newer).unwrap();
    connection.execute("UPDATE walkshed_layout SET number = 9", []).unwrap();
    let said = ScenarioStore::at(&newer).list(Which::Kept).unwrap_err();
    assert!(said.to_string().contains("newer walkshed (layout 9"), "{said}");
}

#[test]
fn a_file_of_the_first_layout_is_brought_up_to_date_with_its_scenarios() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let id = ScenarioStore::at(&path).create(&named("Old"), &[]).unwrap();
    let connection = Connection::open(&path).unwrap();
    let older = "DELETE FROM gpkg_contents WHERE table_name = 'walkshed_scenario';
                 UPDATE walkshed_layout SET number = 1;";
    connection.execute_batch(older).unwrap();
    assert_eq!(ScenarioStore::at(&path).get(id).unwrap().name, "Old");
    let told = "SELECT number, (SELECT data_type FROM gpkg_contents WHERE table_name = 'walkshed_scenario')
                FROM walkshed_layout";
    let found: (i64, String) =
        connection.query_row(told, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(found, (2, "attributes".to_owned()));
}

#[cfg(unix)]
#[test]
fn a_file_removed_while_it_is_open_is_put_back_with_all_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let store = ScenarioStore::at(&path);
    let id = store.create(&named("One"), &[]).unwrap();
    push(&store, id, "a").unwrap();
    std::fs::remove_file(&path).unwrap();
    push(&store, id, "b").unwrap();
    let again = ScenarioStore::at(&path);
    assert_eq!(again.get(id).unwrap().edits, [close("a"), close("b")]);
    assert_eq!(shown(&path).len(), 2);
    let notices = store.notices();
    assert!(notices.len() == 1 && notices[0].contains("removed while it was open"), "{notices:?}");
    drop(store);
    assert_eq!(ScenarioStore::at(&path).get(id).unwrap().applied, 2, "closing takes nothing along");
}

#[cfg(unix)]
#[test]
fn a_file_replaced_while_it_is_open_is_used_and_the_old_one_is_kept_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(SCENARIOS_FILE);
    let store = ScenarioStore::at(&path);
    let id = store.create(&named("One"), &[]).unwrap();
    push(&store, id, "a").unwrap();
    let copy = folder.path().join("backup.gpkg");
    std::fs::copy(&path, &copy).unwrap();
    assert_eq!(ScenarioStore::at(&copy).get(id).unwrap().applied, 1, "a copy holds everything");
    push(&store, id, "b").unwrap();
    std::fs::rename(&copy, &path).unwrap();
    assert_eq!(store.get(id).unwrap().edits, [close("a")]);
    push(&store, id, "c").unwrap();
    assert_eq!(ScenarioStore::at(&path).get(id).unwrap().edits, [close("a"), close("c")]);
    let before = ScenarioStore::at(&folder.path().join("scenarios-before-1.gpkg"));
    assert_eq!(before.get(id).unwrap().edits, [close("a"), close("b")]);
    assert!(store.notices()[0].contains("scenarios-before-1.gpkg"));

    let same = folder.path().join("same.gpkg");
    std::fs::copy(&path, &same).unwrap();
    std::fs::rename(&same, &path).unwrap();
    assert_eq!(store.get(id).unwrap().applied, 2);
    assert_eq!(store.notices().len(), 1, "the same in another file is no news");
}

#[test]
fn a_file_that_contradicts_itself_is_refused_with_the_row() {
    for (change, said) in [
        ("UPDATE walkshed_scenario SET applied = 9", "says that 9 edits are in force and has 2"),
        ("UPDATE walkshed_scenario SET applied = -1", "applied is -1"),
        ("UPDATE walkshed_scenario SET revision = -7", "revision is -7"),
        ("DELETE FROM walkshed_edit WHERE position = 0", "edit 1 is missing"),
        ("UPDATE walkshed_edit SET edit = '{' WHERE position = 1", "scenario 1, edit 2"),
        ("UPDATE walkshed_scenario SET name = x'ff'", "column name"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(SCENARIOS_FILE);
        let store = ScenarioStore::at(&path);
        let id = store.create(&named("One"), &[]).unwrap();
        push(&store, id, "a").unwrap();
        push(&store, id, "b").unwrap();
        store.set_deleted(id, Which::Deleted).unwrap();
        Connection::open(&path).unwrap().execute(change, []).unwrap();
        for asked in [
            store.get(id).map(|_| ()),
            store.list(Which::Deleted).map(|_| ()),
            store.set_deleted(id, Which::Kept),
        ] {
            let fault = asked.unwrap_err().to_string();
            assert!(
                fault.contains(said) && fault.contains("cannot be believed"),
                "{change}: {fault}"
            );
        }
    }
}
