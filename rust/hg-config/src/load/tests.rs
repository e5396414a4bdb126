use super::*;

fn env(pairs: &[(&str, &str)], cwd: &Path) -> Environment {
    let mut env = Environment { cwd: cwd.to_path_buf(), ..Environment::default() };
    for (name, value) in pairs {
        env.set_var(*name, *value);
    }
    env
}

#[test]
fn plain_mode_drops_customizations() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("rc"), "[ui]\nverbose=1\ntimeout=3\n[alias]\nx=y\n").unwrap();
    let plain = Config::load(&env(&[("HGRCPATH", "rc"), ("HGPLAIN", "1")], dir.path())).unwrap();
    assert!(!plain.get_bool("ui", "verbose").unwrap());
    assert_eq!(plain.get_int("ui", "timeout").unwrap(), 3);
    assert!(!plain.has_section("alias"));
    let pairs = [("HGRCPATH", "rc"), ("HGPLAINEXCEPT", "alias")];
    assert!(Config::load(&env(&pairs, dir.path())).unwrap().has_section("alias"));
}

#[test]
fn options_win_over_files() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join(".hg")).unwrap();
    std::fs::write(dir.path().join(".hg/hgrc"), "[ui]\nusername=repo\n%include x\n").unwrap();
    std::fs::write(dir.path().join(".hg/x"), "[a]\nb=c\n").unwrap();
    let mut config = Config::load(&env(&[("HGRCPATH", "")], dir.path())).unwrap();
    config.apply_option(b"ui.username=me").unwrap();
    config.load_repo(&RepoLayers::of(dir.path())).unwrap();
    assert_eq!(config.get("ui", "username"), Some(&b"me"[..]));
    assert_eq!(config.source("ui", "username"), b"--config");
    assert_eq!(config.get("a", "b"), Some(&b"c"[..]));
    let error = config.apply_option(b"a=b").unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed --config option: 'a=b' (use --config section.name=value)"
    );
}

#[test]
fn typed_errors() {
    let mut config = Config::default();
    config.set("ui", "verbose", "maybe", "test");
    let error = config.get_bool("ui", "verbose").unwrap_err();
    assert_eq!(error.to_string(), "ui.verbose is not a boolean ('maybe')");
}
