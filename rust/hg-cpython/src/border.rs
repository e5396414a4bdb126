//! What crossing the border between Python and Rust costs, and nothing else: for benches/border.py.

use std::sync::Arc;

use cpython::_detail::ffi::METH_O;
use cpython::{PyBytes, PyResult, py_class};

use crate::gil::{quick, unlocked};
use crate::inherit::{Extras, hot_method, new_bytes, with_node};
use crate::repo::{RepoHandle, Shared};

py_class!(pub class Border |py| {
    data shared: Arc<Shared>;

    @staticmethod
    def of(repo: RepoHandle) -> PyResult<Border> { Self::create_instance(py, repo.share(py)) }
    /// As the binding alone does it.
    def bare(&self, node: PyBytes) -> PyResult<PyBytes> { Ok(PyBytes::new(py, node.data(py))) }
    /// As methods do it that work for microseconds: not after closing, and panics stay inside.
    def guarded(&self, node: PyBytes) -> PyResult<PyBytes> {
        self.shared(py).slot.check(py)?;
        quick(py, || Ok(PyBytes::new(py, node.data(py))))
    }
    /// As the binding alone does it, with the interpreter's lock free in between.
    def bare_unlocked(&self, node: PyBytes) -> PyResult<PyBytes> {
        let node = node.data(py);
        let copied = py.allow_threads(|| node.to_vec());
        Ok(PyBytes::new(py, &copied))
    }
    /// As methods do it that may work for long: also in a forked child.
    def guarded_unlocked(&self, node: PyBytes) -> PyResult<PyBytes> {
        self.shared(py).slot.check(py)?;
        let node = node.data(py);
        let copied = unlocked(py, || Ok(node.to_vec()))?;
        Ok(PyBytes::new(py, &copied))
    }
});

// As hot methods do it.
hot_method!(echo, Border, |_py, _this, node| {
    Ok(with_node(node, |node| new_bytes(&node.0)).unwrap_or_else(|| new_bytes(&[])))
});

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras = Extras { methods: &[(c"echo", echo, METH_O)], ..Extras::NONE };
