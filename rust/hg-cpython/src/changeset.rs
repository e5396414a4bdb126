//! What a changeset says about itself, decoded when asked.

use cpython::{PyBytes, PyDict, PyResult, Python, py_class};
use hg_format::changeset::ChangesetEntry;
use hg_types::Encoding;

py_class!(pub class Changeset |py| {
    data entry: ChangesetEntry;
    data encoding: Encoding;

    @property def user(&self) -> PyResult<PyBytes> { Ok(self.local(py, self.entry(py).user())) }
    @property def description(&self) -> PyResult<PyBytes> { Ok(self.local(py, self.entry(py).description())) }
    @property def date(&self) -> PyResult<(f64, i32)> {
        let date = self.entry(py).date();
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in 53 bits")]
        let seconds = date.seconds as f64;
        Ok((seconds, date.offset))
    }
    @property def branch(&self) -> PyResult<PyBytes> {
        let entry = self.entry(py);
        if entry.raw_extra().is_empty() {
            return Ok(PyBytes::new(py, b"default"));
        }
        Ok(self.local(py, &entry.branch()))
    }
    /// The branch as stored (UTF-8), and whether the changeset closes it.
    @property def branchinfo(&self) -> PyResult<(PyBytes, bool)> {
        let entry = self.entry(py);
        Ok((self.local(py, &entry.branch()), entry.closes_branch()))
    }
    @property def closes(&self) -> PyResult<bool> { Ok(self.entry(py).closes_branch()) }
    @property def manifest(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, &self.entry(py).manifest().0)) }
    @property def files(&self) -> PyResult<Vec<PyBytes>> {
        Ok(self.entry(py).files().map(|path| PyBytes::new(py, path.as_bytes())).collect())
    }
    @property def extra(&self) -> PyResult<PyDict> {
        let dict = PyDict::new(py);
        for (key, value) in self.entry(py).extra() {
            dict.set_item(py, PyBytes::new(py, &key), PyBytes::new(py, &value))?;
        }
        Ok(dict)
    }
    @property def text(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, self.entry(py).text())) }
});

impl Changeset {
    pub(crate) fn wrap(
        py: Python<'_>,
        entry: ChangesetEntry,
        encoding: Encoding,
    ) -> PyResult<Self> {
        Self::create_instance(py, entry, encoding)
    }

    fn local(&self, py: Python<'_>, stored: &[u8]) -> PyBytes {
        if stored.is_ascii() {
            return PyBytes::new(py, stored);
        }
        PyBytes::new(py, &self.encoding(py).local(stored))
    }
}
