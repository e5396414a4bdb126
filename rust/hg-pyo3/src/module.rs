//! The module itself.

use std::ffi::{CString, c_char};
use std::ptr::null_mut;

use pyo3_ffi as ffi;

use crate::function::guarded;
use crate::{PyModule, PyObject, PyResult, Python, PythonObject as _};

/// A text with the end that C wants, for as long as the process lives.
pub(crate) fn leaked(text: &str) -> *const c_char {
    CString::new(text).unwrap_or_default().into_raw()
}

/// Makes the module and has it filled.
pub fn init(
    name: &'static str,
    fill: fn(Python<'_>, &PyModule) -> PyResult<()>,
) -> *mut ffi::PyObject {
    let definition = ffi::PyModuleDef {
        m_base: ffi::PyModuleDef_HEAD_INIT,
        m_name: leaked(name),
        m_doc: std::ptr::null(),
        m_size: -1,
        m_methods: null_mut(),
        m_slots: null_mut(),
        m_traverse: None,
        m_clear: None,
        m_free: None,
    };
    guarded(null_mut(), |py| {
        // SAFETY: the definition lives as long as the process.
        let module = unsafe {
            let module = ffi::PyModule_Create(Box::leak(Box::new(definition)));
            PyModule::unchecked_downcast_from(PyObject::owned_or_raised(py, module)?)
        };
        fill(py, &module)?;
        Ok(module.into_object().steal_ptr())
    })
}

/// The function that the interpreter looks for when it imports the module.
#[macro_export]
macro_rules! py_module_initializer {
    ($name:ident, $old:ident, $init:ident, |$py:ident, $module:ident| $body:expr) => {
        /// Makes the module.
        #[expect(unsafe_code, reason = "called by the interpreter")]
        #[unsafe(no_mangle)]
        pub extern "C" fn $init() -> *mut $crate::_detail::ffi::PyObject {
            fn fill($py: $crate::Python<'_>, $module: &$crate::PyModule) -> $crate::PyResult<()> {
                $body
            }
            $crate::module::init(stringify!($name), fill)
        }
    };
}
