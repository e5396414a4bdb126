//! The handle of a user interface.

use std::path::Path;
use std::sync::Arc;

use cpython::{
    ObjectProtocol as _, PyBytes, PyObject, PyResult, PyType, Python, PythonObject as _,
    ToPyObject as _, py_class,
};
use hg_commands::hooks::Hooks;
use hg_commands::ui::{EditOptions, UiMethod, UiOverrides};
use hg_commands::{Streams, Ui};
use hg_config::registry::Default as ItemDefault;
use hg_config::{Config, registry};
use hg_store::OpenOptions;
use hg_types::{Reporter as _, Result};
use hg_vfs::{bytes_to_path, path_to_bytes};

use crate::errors::to_python;
use crate::locks::with_python;

py_class!(pub class SavedConfig |py| {
    data config: Arc<Config>;
});

py_class!(pub class UiHandle |py| {
    data ui: Arc<Ui>;

    /// A user interface as a program of its own gets it, with the user's configuration.
    @classmethod
    def load(cls) -> PyResult<Self> {
        let _: &PyType = cls;
        let env = hg_commands::process_environment();
        let made = Config::load(&env).and_then(|config| {
            let ui = Ui::new(Arc::new(config), Streams::of_process())?;
            ui.setup_encoding(None, None)?;
            Ok(ui)
        });
        Self::create_instance(py, Arc::new(made.map_err(|error| to_python(py, &error))?))
    }
    /// One without any configuration file.
    @classmethod
    def bare(cls) -> PyResult<Self> {
        let _: &PyType = cls;
        let config = Config::empty(hg_commands::process_environment());
        let made = Ui::new(Arc::new(config), Streams::of_process());
        Self::create_instance(py, Arc::new(made.map_err(|error| to_python(py, &error))?))
    }
    def copy(&self) -> PyResult<Self> { Self::create_instance(py, Arc::new(self.ui(py).copy())) }
    def same(&self, other: &UiHandle) -> PyResult<bool> {
        Ok(Arc::ptr_eq(self.ui(py), other.ui(py)))
    }

    /// Shows a message as the method of this name does.
    def show(&self, method: &str, text: PyBytes, label: &str = "") -> PyResult<PyObject> {
        let found = UiMethod::ALL.iter().find(|(_, name)| *name == method);
        let method = found.map_or(UiMethod::Write, |(method, _)| *method);
        self.ui(py).show_plainly(method, text.data(py), label);
        Ok(py.None())
    }
    def label(&self, text: PyBytes, label: &str) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ui(py).label(text.data(py), label)))
    }
    def flush(&self) -> PyResult<PyObject> {
        self.ui(py).flush();
        Ok(py.None())
    }
    def quiet(&self) -> PyResult<bool> { Ok(self.ui(py).is_quiet()) }
    def verbose(&self) -> PyResult<bool> { Ok(self.ui(py).is_verbose()) }
    def debugging(&self) -> PyResult<bool> { Ok(self.ui(py).is_debug()) }
    def set_levels(&self, quiet: bool, verbose: bool, debug: bool) -> PyResult<PyObject> {
        self.ui(py).set_levels(quiet, verbose, debug);
        Ok(py.None())
    }
    def interactive(&self) -> PyResult<bool> { Ok(self.ui(py).is_interactive()) }
    def formatted(&self) -> PyResult<bool> { Ok(self.ui(py).is_formatted()) }
    def width(&self) -> PyResult<usize> { Ok(self.ui(py).terminal_width()) }
    def encoding(&self) -> PyResult<String> { Ok(self.ui(py).encoding_name()) }

    def config(
        &self, section: PyBytes, name: PyBytes, untrusted: bool = false
    ) -> PyResult<Option<PyBytes>> {
        let config = self.ui(py).config();
        let (section, name) = (section.data(py), name.data(py));
        let value = match untrusted {
            true => config.get_untrusted(section, name),
            false => config.get_set(section, name),
        };
        Ok(value.map(|value| PyBytes::new(py, value)))
    }
    /// The registered default: `(known, value)`.
    def config_default(&self, section: PyBytes, name: PyBytes) -> PyResult<(bool, PyObject)> {
        Ok(match registry::find(section.data(py), name.data(py)) {
            None => (false, py.None()),
            Some(item) => (true, default_object(py, item.default)),
        })
    }
    def has_config(&self, section: PyBytes, name: PyBytes) -> PyResult<bool> {
        Ok(self.ui(py).config().has(section.data(py), name.data(py)))
    }
    def config_source(&self, section: PyBytes, name: PyBytes) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ui(py).config().source(section.data(py), name.data(py))))
    }
    def config_items(
        &self, section: PyBytes, untrusted: bool = false
    ) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let config = self.ui(py).config();
        let pair = |name: &[u8], value: &[u8]| (PyBytes::new(py, name), PyBytes::new(py, value));
        let section = section.data(py);
        if untrusted {
            let items = config.untrusted_items(section);
            return Ok(items.iter().map(|(name, value)| pair(name, value)).collect());
        }
        Ok(config.items(section).map(|(name, value)| pair(name, value)).collect())
    }
    def all_config(&self, untrusted: bool) -> PyResult<Vec<(PyBytes, PyBytes, PyBytes)>> {
        let bytes = |text: &[u8]| PyBytes::new(py, text);
        let values = self.ui(py).config().all(untrusted);
        Ok(values
            .iter()
            .map(|value| (bytes(&value.section), bytes(&value.name), bytes(&value.value)))
            .collect())
    }
    def set_config(
        &self, section: PyBytes, name: PyBytes, value: PyBytes, source: PyBytes
    ) -> PyResult<PyObject> {
        let mut config = (*self.ui(py).config()).clone();
        config.set(section.data(py), name.data(py), value.data(py), source.data(py));
        self.adopt(py, config, section.data(py) == b"ui")
    }
    def unset_config(&self, section: PyBytes, name: PyBytes) -> PyResult<PyObject> {
        let mut config = (*self.ui(py).config()).clone();
        config.unset(section.data(py), name.data(py));
        self.adopt(py, config, section.data(py) == b"ui")
    }
    /// All that is configured now, to come back to.
    def save_config(&self) -> PyResult<SavedConfig> {
        SavedConfig::create_instance(py, self.ui(py).config())
    }
    def restore_config(&self, saved: SavedConfig) -> PyResult<PyObject> {
        self.adopt(py, (**saved.config(py)).clone(), true)
    }
    /// Reads a configuration file on top of what is set.
    def read_config(&self, path: PyBytes) -> PyResult<PyObject> {
        let mut config = (*self.ui(py).config()).clone();
        let read = config.apply_option_file(path.data(py));
        read.map_err(|error| to_python(py, &error))?;
        self.adopt(py, config, true)
    }
    def expand_path(&self, path: PyBytes) -> PyResult<PyBytes> {
        let config = self.ui(py).config();
        Ok(PyBytes::new(py, &hg_config::expand_path(config.environment(), path.data(py))))
    }

    def username(&self) -> PyResult<PyBytes> {
        let name = self.ui(py).username().map_err(|error| to_python(py, &error))?;
        Ok(PyBytes::new(py, &name))
    }
    def short_user(&self, user: PyBytes) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ui(py).short_user(user.data(py))))
    }
    def prompt(&self, message: PyBytes, default: Option<PyBytes> = None) -> PyResult<PyBytes> {
        let default = default.as_ref().map(|default| default.data(py));
        let answer = self.ui(py).prompt_plainly(message.data(py), default);
        Ok(PyBytes::new(py, &answer.map_err(|error| to_python(py, &error))?))
    }
    def prompt_choice(&self, text: PyBytes, default: usize = 0) -> PyResult<usize> {
        let (ui, text) = (self.ui(py).clone(), text.data(py).to_vec());
        let answer = py.allow_threads(|| ui.choose_plainly(&text, default));
        answer.map_err(|error| to_python(py, &error))
    }
    def password(&self, message: Option<PyBytes> = None) -> PyResult<Option<PyBytes>> {
        let message = message.as_ref().map(|message| message.data(py));
        let answer = self.ui(py).password(message).map_err(|error| to_python(py, &error))?;
        Ok(answer.map(|answer| PyBytes::new(py, &answer)))
    }
    def read_line(&self) -> PyResult<PyBytes> {
        let line = self.ui(py).read_line().map_err(|error| to_python(py, &error))?;
        Ok(PyBytes::new(py, &line))
    }
    def read_all(&self) -> PyResult<PyBytes> {
        let data = self.ui(py).read_all().map_err(|error| to_python(py, &error))?;
        Ok(PyBytes::new(py, &data))
    }
    def editor(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, &self.ui(py).editor())) }
    def edit(
        &self, text: PyBytes, user: PyBytes, action: Option<&str> = None,
        suffix: Option<&str> = None, directory: Option<PyBytes> = None,
        variables: Vec<(String, PyBytes)> = Vec::new()
    ) -> PyResult<PyBytes> {
        let directory = directory.map(|path| bytes_to_path(path.data(py)).to_path_buf());
        let variables =
            variables.iter().map(|(name, value)| (name.clone(), value.data(py).to_vec())).collect();
        let options = EditOptions {
            user: user.data(py), action, suffix, directory: directory.as_deref(), variables
        };
        let answer = self.ui(py).edit_plainly(text.data(py), &options);
        Ok(PyBytes::new(py, &answer.map_err(|error| to_python(py, &error))?))
    }
    def push_buffer(&self, errors: bool = false) -> PyResult<PyObject> {
        self.ui(py).push_buffer(errors);
        Ok(py.None())
    }
    def pop_buffer(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ui(py).pop_buffer()))
    }
    def pager(&self, command: &str) -> PyResult<PyObject> {
        self.ui(py).pager(command).map_err(|error| to_python(py, &error))?;
        Ok(py.None())
    }
    def disable_pager(&self) -> PyResult<PyObject> {
        self.ui(py).disable_pager();
        Ok(py.None())
    }
    def progress(
        &self, topic: &str, position: Option<u64>, item: PyBytes, unit: &str, total: Option<u64>
    ) -> PyResult<PyObject> {
        self.ui(py).progress(topic, position, item.data(py), unit, total);
        Ok(py.None())
    }
    /// Lets the object behind a weak reference answer for these methods; `None` restores the originals.
    def set_overrides(&self, names: Vec<String>, object: PyObject) -> PyResult<PyObject> {
        let known = |name: &String| {
            UiMethod::ALL.iter().find(|(_, known)| known == name).map(|(method, _)| *method)
        };
        let methods: Vec<UiMethod> = names.iter().filter_map(known).collect();
        let overrides: Option<Arc<dyn UiOverrides>> = match object.is_none(py) {
            true => None,
            false => Some(Arc::new(Overrides(object))),
        };
        self.ui(py).set_overrides(&methods, overrides);
        Ok(py.None())
    }
});

impl UiHandle {
    /// How a repository is opened on behalf of this user; its own configuration comes on top.
    pub(crate) fn open_options(&self, py: Python<'_>) -> OpenOptions {
        let ui = self.ui(py);
        OpenOptions {
            config: (*ui.config()).clone(),
            reporter: Some(ui.clone()),
            hooks: Some(Arc::new(Hooks::of_run(ui.clone()))),
            ..OpenOptions::default()
        }
    }

    /// Makes a handle of `ui`.
    pub(crate) fn wrap(py: Python<'_>, ui: Arc<Ui>) -> PyResult<Self> {
        Self::create_instance(py, ui)
    }

    /// The user interface.
    pub(crate) fn shared(&self, py: Python<'_>) -> Arc<Ui> {
        self.ui(py).clone()
    }

    /// Takes over a changed configuration; levels follow only when they may have changed.
    fn adopt(&self, py: Python<'_>, config: Config, levels: bool) -> PyResult<PyObject> {
        let ui = self.ui(py);
        let before = (ui.is_quiet(), ui.is_verbose(), ui.is_debug());
        ui.reconfigure(Arc::new(config)).map_err(|error| to_python(py, &error))?;
        if !levels {
            ui.set_levels(before.0, before.1, before.2);
        }
        Ok(py.None())
    }
}

fn default_object(py: Python<'_>, default: ItemDefault) -> PyObject {
    let bytes = |text: &str| PyBytes::new(py, text.as_bytes()).into_object();
    match default {
        ItemDefault::Dynamic | ItemDefault::Nothing => py.None(),
        ItemDefault::Bool(on) => on.to_py_object(py).into_object(),
        ItemDefault::Int(text) => match text.parse::<i64>() {
            Ok(number) => number.to_py_object(py).into_object(),
            Err(_) => bytes(text),
        },
        ItemDefault::Float(text) => match text.parse::<f64>() {
            Ok(number) => number.to_py_object(py).into_object(),
            Err(_) => bytes(text),
        },
        ItemDefault::Text(text) => bytes(text),
        ItemDefault::List(texts) => {
            let texts: Vec<PyObject> = texts.iter().map(|text| bytes(text)).collect();
            cpython::PyList::new(py, &texts).into_object()
        }
    }
}

/// A Python object, held weakly, that has replaced methods.
struct Overrides(PyObject);

impl Overrides {
    /// The object, unless it is gone.
    fn object(&self, py: Python<'_>) -> PyResult<Option<PyObject>> {
        let object = self.0.call(py, cpython::NoArgs, None)?;
        Ok(if object.is_none(py) { None } else { Some(object) })
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(Python<'_>, &PyObject) -> PyResult<T>,
    ) -> Result<Option<T>> {
        with_python(|py| match self.object(py)? {
            Some(object) => question(py, &object).map(Some),
            None => Ok(None),
        })
    }
}

impl UiOverrides for Overrides {
    fn show(&self, method: UiMethod, text: &[u8], label: &str) {
        let name =
            UiMethod::ALL.iter().find(|(known, _)| *known == method).map_or("write", |m| m.1);
        let shown = self.ask(|py, object| {
            let text = PyBytes::new(py, text);
            // The labels that methods have by themselves are theirs to add.
            let own = label.starts_with(" ui.");
            if own || label.is_empty() {
                return object.call_method(py, name, (text,), None).map(|_| ());
            }
            let options = cpython::PyDict::new(py);
            options.set_item(py, "label", PyBytes::new(py, label.as_bytes()))?;
            object.call_method(py, name, (text,), Some(&options)).map(|_| ())
        });
        if let Err(error) = shown {
            // Writing cannot fail where it is called: the message says what went wrong.
            eprintln_bytes(&error.message);
        }
    }

    fn prompt(&self, message: &[u8], default: Option<&[u8]>) -> Result<Vec<u8>> {
        let answer = self.ask(|py, object| {
            let default = default.map(|default| PyBytes::new(py, default));
            let answer =
                object.call_method(py, "prompt", (PyBytes::new(py, message), default), None)?;
            Ok(answer.extract::<PyBytes>(py)?.data(py).to_vec())
        })?;
        Ok(answer.unwrap_or_else(|| default.unwrap_or_default().to_vec()))
    }

    fn choose(&self, text: &[u8], default: usize) -> Result<usize> {
        let answer = self.ask(|py, object| {
            let args = (PyBytes::new(py, text), default);
            object.call_method(py, "promptchoice", args, None)?.extract(py)
        })?;
        Ok(answer.unwrap_or(default))
    }

    fn edit(&self, text: &[u8], user: &[u8], action: Option<&str>) -> Result<Vec<u8>> {
        let answer = self.ask(|py, object| {
            let options = cpython::PyDict::new(py);
            if let Some(action) = action {
                options.set_item(py, "action", PyBytes::new(py, action.as_bytes()))?;
            }
            let args = (PyBytes::new(py, text), PyBytes::new(py, user));
            let answer = object.call_method(py, "edit", args, Some(&options))?;
            Ok(answer.extract::<PyBytes>(py)?.data(py).to_vec())
        })?;
        Ok(answer.unwrap_or_else(|| text.to_vec()))
    }

    fn system(
        &self,
        command: &[u8],
        directory: &Path,
        environment: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<i32> {
        let answer = self.ask(|py, object| {
            let variables = cpython::PyDict::new(py);
            for (name, value) in environment {
                variables.set_item(py, PyBytes::new(py, name), PyBytes::new(py, value))?;
            }
            let options = cpython::PyDict::new(py);
            options.set_item(py, "environ", variables)?;
            options.set_item(py, "cwd", PyBytes::new(py, path_to_bytes(directory)))?;
            object
                .call_method(py, "system", (PyBytes::new(py, command),), Some(&options))?
                .extract(py)
        })?;
        Ok(answer.unwrap_or(255))
    }
}

fn eprintln_bytes(text: &[u8]) {
    use std::io::Write as _;
    // Nobody is left to hear that standard error is gone.
    let _ = std::io::stderr().write_all(&[text, b"\n"].concat());
}
