//! The handle of a user interface.

use std::sync::Arc;

use cpython::{PyBytes, PyObject, PyResult, Python, PythonObject as _, py_class};
use hg_commands::Ui;

use crate::errors::to_python;

py_class!(pub class UiHandle |py| {
    data ui: Arc<Ui>;

    def write(&self, text: PyBytes, label: &str = "") -> PyResult<PyObject> {
        self.ui(py).write_label(text.data(py), label);
        Ok(py.None())
    }
    def status(&self, text: PyBytes) -> PyResult<PyObject> {
        self.ui(py).status(text.data(py));
        Ok(py.None())
    }
    def note(&self, text: PyBytes) -> PyResult<PyObject> {
        self.ui(py).note(text.data(py));
        Ok(py.None())
    }
    def debug(&self, text: PyBytes) -> PyResult<PyObject> {
        self.ui(py).debug(text.data(py));
        Ok(py.None())
    }
    def warn(&self, text: PyBytes) -> PyResult<PyObject> {
        self.ui(py).warn(text.data(py));
        Ok(py.None())
    }
    def error(&self, text: PyBytes) -> PyResult<PyObject> {
        self.ui(py).error(text.data(py));
        Ok(py.None())
    }
    def flush(&self) -> PyResult<PyObject> {
        self.ui(py).flush();
        Ok(py.None())
    }
    def quiet(&self) -> PyResult<bool> { Ok(self.ui(py).is_quiet()) }
    def verbose(&self) -> PyResult<bool> { Ok(self.ui(py).is_verbose()) }
    def debugging(&self) -> PyResult<bool> { Ok(self.ui(py).is_debug()) }
    def config(&self, section: PyBytes, name: PyBytes) -> PyResult<Option<PyBytes>> {
        let config = self.ui(py).config();
        Ok(config.get(section.data(py), name.data(py)).map(|value| PyBytes::new(py, value)))
    }
    def has_config(&self, section: PyBytes, name: PyBytes) -> PyResult<bool> {
        Ok(self.ui(py).config().has(section.data(py), name.data(py)))
    }
    def config_items(&self, section: PyBytes) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let config = self.ui(py).config();
        let pair = |(name, value): (&[u8], &[u8])| (PyBytes::new(py, name), PyBytes::new(py, value));
        Ok(config.items(section.data(py)).map(pair).collect())
    }
    def set_config(
        &self, section: &str, name: &str, value: PyBytes, source: &str = ""
    ) -> PyResult<PyObject> {
        self.ui(py).set_config(section, name, value.data(py), source);
        Ok(py.None())
    }
    def username(&self) -> PyResult<PyBytes> {
        let name = self.ui(py).username().map_err(|error| to_python(py, &error))?;
        Ok(PyBytes::new(py, &name))
    }
    def prompt(&self, message: PyBytes, default: Option<PyBytes> = None) -> PyResult<PyBytes> {
        let default = default.as_ref().map(|default| default.data(py));
        let answer = self.ui(py).prompt(message.data(py), default);
        Ok(PyBytes::new(py, &answer.map_err(|error| to_python(py, &error))?))
    }
    def prompt_choice(&self, text: PyBytes, default: usize = 0) -> PyResult<usize> {
        let answer = self.ui(py).prompt_choice(text.data(py), default);
        answer.map_err(|error| to_python(py, &error))
    }
    def push_buffer(&self, errors: bool = false) -> PyResult<PyObject> {
        self.ui(py).push_buffer(errors);
        Ok(py.None())
    }
    def pop_buffer(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ui(py).pop_buffer()))
    }
});

impl UiHandle {
    /// Makes a handle of `ui`.
    pub(crate) fn wrap(py: Python<'_>, ui: Arc<Ui>) -> PyResult<Self> {
        Self::create_instance(py, ui)
    }
}
